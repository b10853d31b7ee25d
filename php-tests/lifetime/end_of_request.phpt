--TEST--
Fetched values are whole to the very end of the request: shutdown functions, destructors, output callbacks, session handlers
--DESCRIPTION--
At each of these points another process makes all memory be used again, then the values are looked at.
--EXTENSIONS--
trove
session
--INI--
session.use_cookies=0
session.cache_limiter=
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);

/** What was fetched at the start is looked at, and fetched anew for the next time. */
final class Watch
{
    private static array $values = [];
    public static Php $churner;

    public static function look(string $when): string
    {
        self::$churner->run('churn(1);');
        $changed = count(array_filter(self::$values, fn ($value) => !intact($value)));
        self::$values[] = apcu_fetch('value ' . count(self::$values) % 20);
        return "$when: " . count(self::$values) . " values, $changed changed\n";
    }
}

class Ends
{
    public function __construct(private string $name, private array $value)
    {
    }

    public function __destruct()
    {
        echo Watch::look("destructor of $this->name"), intact($this->value) ? '' : "its own value has changed\n";
    }
}

class Handler implements SessionHandlerInterface
{
    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function read(string $id): string
    {
        return '';
    }

    public function write(string $id, string $data): bool
    {
        session_decode($data);
        fwrite(STDOUT, Watch::look('session write') . (intact($_SESSION['value']) ? '' : "the session has changed\n"));
        return true;
    }

    public function close(): bool
    {
        fwrite(STDOUT, Watch::look('session close'));
        return true;
    }

    public function destroy(string $id): bool
    {
        return true;
    }

    public function gc(int $lifetime): int
    {
        return 0;
    }

    public function create_sid(): string
    {
        return str_repeat('a', 32);
    }

    public function validateId(string $id): bool
    {
        return true;
    }
}

Watch::$churner = churner();
Watch::$churner->run('churn(0);');
session_set_save_handler(new Handler, false);
session_start();
$_SESSION['value'] = apcu_fetch('value 5');
$kept = apcu_fetch('value 6');
register_shutdown_function(function (array $argument) {
    echo Watch::look('shutdown function'), intact($argument) ? '' : "its argument has changed\n";
    register_shutdown_function(fn () => print Watch::look('shutdown function of a shutdown function'));
}, apcu_fetch('value 7'));
$global = new Ends('a global', apcu_fetch('value 8'));
$cycle = new stdClass;
$cycle->self = $cycle;
$cycle->ends = new Ends('a cycle', apcu_fetch('value 9'));
ob_start(function (string $buffer) use ($kept) {
    static $value;
    $value ??= apcu_fetch('value 10');
    return $buffer . Watch::look('output callback') . (intact($kept) && intact($value) ? '' : "its value has changed\n");
});
ini_set('user_agent', apcu_fetch('value 11')['text']);
ini_set('unserialize_callback_func', apcu_fetch('value 12')['text']);
putenv('TROVE_TEST=' . apcu_fetch('value 13')['text']);
foreach (apcu_fetch('value 14') as $key => $part) {
    $GLOBALS["global $key"] = $part;
    $cycle->$key = $part;
}
echo Watch::look('script');
--EXPECT--
script: 1 values, 0 changed
shutdown function: 2 values, 0 changed
shutdown function of a shutdown function: 3 values, 0 changed
destructor of a global: 4 values, 0 changed
destructor of a cycle: 5 values, 0 changed
output callback: 6 values, 0 changed
session write: 7 values, 0 changed
session close: 8 values, 0 changed

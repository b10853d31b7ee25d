--TEST--
__serialize(), __sleep() and their counterparts are called as serialize() and unserialize() call them
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
error_reporting=8191
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
$calls = [];
function called(object $object, string $what): void
{
    global $calls;
    $calls[] = $object::class . "::$what";
}
class Both
{
    public mixed $inner = null;
    private array $state = ['private'];

    public function __construct(mixed $inner = null)
    {
        $this->inner = $inner;
    }

    public function __serialize(): array
    {
        called($this, '__serialize');
        return ['inner' => $this->inner, 5 => $this->state];
    }

    public function __unserialize(array $data): void
    {
        called($this, '__unserialize ' . count($data));
        [$this->inner, $this->state] = [$data['inner'], $data[5]];
    }
}
class Sleeper
{
    public $kept = 'kept';
    protected $protected = ['kept too'];
    private $private = 'kept as well';
    public $lost = 'at the time of storing';
    public mixed $inner = null;

    public function __construct(mixed $inner = null)
    {
        $this->inner = $inner;
        $this->lost = 'set';
    }

    public function __sleep(): array
    {
        called($this, '__sleep');
        return ['kept', 'protected', 'private', 'inner'];
    }

    public function __wakeup(): void
    {
        called($this, '__wakeup ' . (is_object($this->inner) ? $this->inner::class : ''));
        $this->kept .= ', woken';
    }
}
class Half extends Sleeper
{
    public function __serialize(): array
    {
        called($this, '__serialize');
        return ['kept' => 'by __serialize', "\0*\0protected" => [$this->inner]];
    }
}
class Waker
{
    public $list = [1, [2]];

    public function __wakeup(): void
    {
        called($this, '__wakeup');
        $this->list[] = 'woken';
    }
}
class Old implements Serializable
{
    public $data = 'default';

    public function serialize(): string
    {
        called($this, 'serialize');
        return "data of $this->data";
    }

    public function unserialize(string $data): void
    {
        called($this, 'unserialize');
        $this->data = $data;
    }
}
class Plain
{
    public $one;
    public $two = [];
}
class Missing
{
    public $a = 1;

    public function __sleep(): array
    {
        return ['a', 'b'];
    }
}
$plain = new Plain;
$plain->one = new Waker;
$plain->two = [new Both(new Sleeper(new Waker)), $plain->one];
$shared = new Waker;
$values = [
    'both' => new Both([1, ['x']]), 'nested' => new Both(new Both(new Both)), 'sleeper' => new Sleeper, 'sleeper in both' => new Both(new Sleeper(new Both)), 'half' => new Half(new Waker), 'waker' => new Waker, 'old' => new Old,
    'all together' => [new Old, new Both(new Old), 'x' => [new Sleeper(new Waker), new Half]], 'among plain ones' => $plain, 'shared' => [new Both($shared), $shared, new Sleeper($shared)], 'missing' => new Missing,
];
foreach ($values as $name => $value) {
    $calls = [];
    $expected = outcome(fn () => unserialize(serialize($value)));
    [$wanted, $calls] = [$calls, []];
    $outcome = outcome(function () use ($value) {
        apcu_store('value', $value);
        return apcu_fetch('value');
    });
    if (str_replace('apcu_store()', 'serialize()', $outcome) !== $expected) {
        echo "$name:\n  $outcome\nnot\n  $expected\n";
    }
    if ($calls !== $wanted) {
        echo "$name:\n  ", implode(', ', $calls), "\nnot\n  ", implode(', ', $wanted), "\n";
    }
}
echo count($values), " values\n";
--EXPECT--
11 values

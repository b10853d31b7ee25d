--TEST--
The old value of the success variable may have a destructor that uses the cache
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Meddler
{
    public function __construct(private Closure $do)
    {
    }

    public function __destruct()
    {
        ($this->do)();
    }
}
$value = ['text' => str_repeat('value', 20), 'list' => range(1, 5)];
apcu_store('key', $value);
$meddlings = [
    'deletes' => fn () => apcu_delete('key'),
    'overwrites' => fn () => apcu_store('key', ['other']),
    'clears and fills' => function () {
        apcu_clear_cache();
        for ($i = 0; $i < 500; $i++) {
            apcu_store("filler$i", str_repeat('f', $i));
        }
    },
    'fetches' => fn () => apcu_fetch('key', $inner),
    'throws' => fn () => throw new Exception('from the destructor'),
];
foreach ($meddlings as $name => $do) {
    report($name, function () use ($do, $value) {
        apcu_store('key', $value);
        $success = new Meddler($do);
        return [apcu_fetch('key', $success) === $value, $success];
    });
    report("$name, inc", function () use ($do) {
        apcu_store('n', 1);
        $success = new Meddler($do);
        return [apcu_inc('n', 1, $success), $success];
    });
}
--EXPECT--
deletes -> [true, true]
deletes, inc -> [2, true]
overwrites -> [true, true]
overwrites, inc -> [2, true]
clears and fills -> [true, true]
clears and fills, inc -> [2, true]
fetches -> [true, true]
fetches, inc -> [2, true]
throws -> Exception: from the destructor
throws, inc -> Exception: from the destructor

--TEST--
Whatever cannot be stored leaves the old value, its ttl and its hits untouched
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=2M
error_log=/dev/null
--FILE--
<?php
class Throwing
{
    public function __serialize(): array
    {
        throw new Exception('not today');
    }
}
$bad = [
    'closure' => fn () => 1, 'in an array' => ['a' => [1, fn () => 1]], 'throwing' => new Throwing, 'resource' => STDIN,
    'too large' => str_repeat('x', 3 << 20), 'many' => array_fill(0, 400_000, 1.5),
];
apcu_store('key', ['old' => 'value'], 1000);
apcu_fetch('key');
apcu_fetch('key');
$before = apcu_key_info('key');
foreach ($bad as $name => $value) {
    foreach (['apcu_store', 'apcu_add'] as $function) {
        try {
            if (@$function('key', $value, 5) !== false) {
                echo "$function, $name: not refused\n";
            }
        } catch (Exception) {
        }
        try {
            @$function(['key' => $value], null, 5);
        } catch (Exception) {
        }
    }
    if (apcu_key_info('key') !== $before) {
        echo "$name: the metadata have changed\n";
    }
}
var_dump(apcu_fetch('key') === ['old' => 'value']);
--EXPECT--
bool(true)

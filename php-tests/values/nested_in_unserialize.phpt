--TEST--
The cache may be used inside of unserialize() and inside of hooks: back references do not mix
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
error_reporting=8191
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Old implements Serializable
{
    public mixed $inner = null;

    public function serialize(): string
    {
        apcu_store('inner', [$this->inner, $this->inner]);
        return serialize([1, 2]);
    }

    public function unserialize(string $data): void
    {
        unserialize($data);
        $this->inner = apcu_fetch('inner');
        apcu_store('made', $this->inner);
    }
}
class Plain
{
    public $a = ['list'];
    public $b;
}
class Waker
{
    public function __wakeup(): void
    {
        apcu_store('from a hook', [new Plain, [apcu_fetch('plain')]]);
        apcu_delete('outer');
        apcu_store('outer', 'replaced');
    }
}
$plain = new Plain;
$plain->b = $plain;
apcu_store('plain', $plain);
$old = new Old;
$old->inner = $plain;
$pair = [1];
$pair[1] = &$pair[0];
$value = [$pair, $old, $plain, $old, $plain, [$pair]];
$text = serialize($value);
echo describe(unserialize($text)), "\n";
apcu_store('value', $value);
echo describe(apcu_fetch('value')), "\n";
echo describe(apcu_fetch('made')), "\n";
apcu_store('outer', [$plain, new Waker, $plain, ['some' => ['text']]]);
echo describe(apcu_fetch('outer')), "\n", describe(apcu_fetch('outer')), "\n", describe(apcu_fetch('from a hook')), "\n";
--EXPECT--
[0 => [0 => &0 1, 1 => &0], 1 => #0 Old ["inner" => [0 => #1 Plain ["a" => [0 => "list"], "b" => #1], 1 => #1]], 2 => #2 Plain ["a" => [0 => "list"], "b" => #2], 3 => #0, 4 => #2, 5 => [0 => [0 => &0, 1 => &0]]]
[0 => [0 => &0 1, 1 => &0], 1 => #0 Old ["inner" => [0 => #1 Plain ["a" => [0 => "list"], "b" => #1], 1 => #1]], 2 => #2 Plain ["a" => [0 => "list"], "b" => #2], 3 => #0, 4 => #2, 5 => [0 => [0 => &0, 1 => &0]]]
[0 => #0 Plain ["a" => [0 => "list"], "b" => #0], 1 => #0]
[0 => #0 Plain ["a" => [0 => "list"], "b" => #0], 1 => #1 Waker [], 2 => #0, 3 => ["some" => [0 => "text"]]]
"replaced"
[0 => #0 Plain ["a" => [0 => "list"], "b" => NULL], 1 => [0 => #1 Plain ["a" => [0 => "list"], "b" => #1]]]

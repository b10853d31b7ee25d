--TEST--
A typed property takes what apcu_fetch() and apcu_inc() report, or refuses it with a TypeError
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Holder
{
    public bool $bool = false;
    public int $int = 7;
    public ?string $text = null;
    public array $array = [];
}
$holder = new Holder;
apcu_store(['key' => 'value', 'number' => 1]);
report('bool', fn () => [apcu_fetch('key', $holder->bool), $holder->bool]);
report('int, coerced', fn () => [apcu_fetch('key', $holder->int), $holder->int]);
report('string, coerced', fn () => [apcu_fetch('key', $holder->text), $holder->text]);
report('array', fn () => apcu_fetch('key', $holder->array));
report('array, inc', fn () => apcu_inc('number', 1, $holder->array));
report('array, dec', fn () => apcu_dec('number', 1, $holder->array));
report('array, afterwards', fn () => $holder->array);
--EXPECTF--
bool -> ['value', true]
int, coerced -> ['value', 1]
string, coerced -> ['value', '1']
array -> TypeError: Cannot assign %r(bool|true)%r to reference held by property Holder::$array of type array
array, inc -> TypeError: Cannot assign %r(bool|true)%r to reference held by property Holder::$array of type array
array, dec -> TypeError: Cannot assign %r(bool|true)%r to reference held by property Holder::$array of type array
array, afterwards -> []

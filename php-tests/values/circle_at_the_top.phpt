--TEST--
A circle through the outermost value is closed there, where the variable stored is a reference to itself
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$value = ['a' => 1, 'self' => null];
$value['self'] = &$value;
apcu_store(['key' => &$value]);
$fetched = apcu_fetch('key');
$fetched['self']['b'] = 2;
var_dump(count($fetched), $fetched['self']['self']['b'], array_keys($fetched['self']['self']), isset($value['b']));
$object = new stdClass;
$object->circle = &$object;
apcu_store(['key' => &$object]);
var_dump(apcu_fetch('key')->circle->circle instanceof stdClass);
--EXPECT--
int(2)
int(2)
array(3) {
  [0]=>
  string(1) "a"
  [1]=>
  string(4) "self"
  [2]=>
  string(1) "b"
}
bool(false)
bool(true)

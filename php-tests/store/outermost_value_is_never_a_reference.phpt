--TEST--
A value passed as a reference is stored as what it refers to
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$variable = 'one';
$reference = &$variable;
apcu_store('key', $reference);
$variable = 'two';
$fetched = apcu_fetch('key');
var_dump($fetched);
$array = ['x' => 1];
$alias = &$array;
apcu_store('array', $alias);
$alias['x'] = 2;
var_dump(apcu_fetch('array'));
--EXPECT--
string(3) "one"
array(1) {
  ["x"]=>
  int(1)
}

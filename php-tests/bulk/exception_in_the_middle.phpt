--TEST--
A value that throws leaves a bulk store with the exception; the keys before it stay stored
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store(['a' => 1, 'b' => fn () => 1, 'c' => 3]));
report('found', fn () => apcu_fetch(['a', 'b']));
report('add', fn () => apcu_add(['a' => 9, 'd' => 4, 'e' => fn () => 1, 'f' => 6]));
report('found', fn () => apcu_fetch(['a', 'd', 'e']));
--EXPECT--
store -> Exception: Serialization of 'Closure' is not allowed
found -> ['a' => 1]
add -> Exception: Serialization of 'Closure' is not allowed
found -> ['a' => 1, 'd' => 4]

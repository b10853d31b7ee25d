--TEST--
A value that throws ends a bulk store: the keys after it are not stored
--DESCRIPTION--
As APCu 5.1.28 does; 5.1.22 went on with the exception pending.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store(['a' => 1, 'b' => fn () => 1, 'c' => 3]));
report('add', fn () => apcu_add(['d' => 4, 'e' => fn () => 1, 'f' => 6]));
report('found', fn () => apcu_fetch(['a', 'b', 'c', 'd', 'e', 'f']));
--EXPECT--
store -> Exception: Serialization of 'Closure' is not allowed
add -> Exception: Serialization of 'Closure' is not allowed
found -> ['a' => 1, 'd' => 4]

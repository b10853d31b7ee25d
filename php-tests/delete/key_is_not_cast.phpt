--TEST--
apcu_delete() casts no key: it warns and returns false
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['5' => 1, '' => 2, '1' => 3]);
foreach (['int' => 5, 'null' => null, 'float' => 1.5, 'true' => true, 'false' => false] as $name => $key) {
    report($name, fn () => apcu_delete($key));
}
report('all there', fn () => count(apcu_exists(['5', '', '1'])));
--EXPECT--
int -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
null -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
float -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
true -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
false -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
all there -> 3

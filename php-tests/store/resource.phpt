--TEST--
A resource cannot be stored: a warning and false, and the old value stays
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$open = fopen('php://memory', 'r');
$closed = fopen('php://memory', 'r');
fclose($closed);
apcu_store('key', 'old');
report('store', fn () => apcu_store('key', $open));
report('store, closed', fn () => apcu_store('key', $closed));
report('old value', fn () => apcu_fetch('key'));
report('add', fn () => apcu_add('new', $open));
report('not there', fn () => apcu_exists('new'));
report('entry', fn () => gettype(apcu_entry('entry', fn () => $open)));
report('not there', fn () => apcu_exists('entry'));
report('bulk', fn () => apcu_store(['a' => 1, 'b' => $open, 'c' => 3]));
report('the others', fn () => apcu_fetch(['a', 'b', 'c']));
--EXPECT--
store -> Warning: apcu_store(): Cannot store resources in apcu cache | false
store, closed -> Warning: apcu_store(): Cannot store resources in apcu cache | false
old value -> 'old'
add -> Warning: apcu_add(): Cannot store resources in apcu cache | false
not there -> false
entry -> Warning: apcu_entry(): Cannot store resources in apcu cache | 'resource'
not there -> false
bulk -> Warning: apcu_store(): Cannot store resources in apcu cache | ['b' => -1]
the others -> ['a' => 1, 'c' => 3]

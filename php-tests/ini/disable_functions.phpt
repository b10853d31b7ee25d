--TEST--
Functions of the cache can be disabled like any other
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
disable_functions=apcu_fetch,apcu_entry
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('function_exists', fn () => [function_exists('apcu_fetch'), function_exists('apcu_store')]);
report('apcu_fetch', fn () => apcu_fetch('a'));
report('apcu_entry', fn () => apcu_entry('a', fn () => 1));
report('apcu_store', fn () => apcu_store('a', 1));
report('apcu_exists', fn () => apcu_exists('a'));
--EXPECT--
function_exists -> [false, true]
apcu_fetch -> Error: Call to undefined function apcu_fetch()
apcu_entry -> Error: Call to undefined function apcu_entry()
apcu_store -> true
apcu_exists -> true

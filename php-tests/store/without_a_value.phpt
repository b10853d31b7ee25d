--TEST--
A string key without a value stores nothing and returns false silently
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store('key'));
report('add', fn () => apcu_add('key'));
report('exists', fn () => apcu_exists('key'));
report('null is a value', fn () => [apcu_store('key', null), apcu_fetch('key', $ok), $ok]);
--EXPECT--
store -> false
add -> false
exists -> false
null is a value -> [true, null, true]

--TEST--
The largest ttl never expires
--DESCRIPTION--
In APCu the sum overflows and the entry is invisible from the start.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store('key', 'value', PHP_INT_MAX));
report('fetch', fn () => apcu_fetch('key'));
report('smallest', fn () => [apcu_store('small', 1, PHP_INT_MIN), apcu_fetch('small')]);
--EXPECT--
store -> true
fetch -> 'value'
smallest -> [true, false]

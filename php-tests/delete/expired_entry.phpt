--TEST--
Deleting an expired entry that is still linked succeeds
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 1, -1);
report('invisible', fn () => apcu_exists('key'));
report('deleted', fn () => apcu_delete('key'));
report('gone', fn () => apcu_delete('key'));
--EXPECT--
invisible -> false
deleted -> true
gone -> false

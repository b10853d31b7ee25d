--TEST--
apcu_delete() says whether there was an entry
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 1);
report('there', fn () => apcu_delete('key'));
report('gone', fn () => apcu_delete('key'));
report('exists', fn () => apcu_exists('key'));
--EXPECT--
there -> true
gone -> false
exists -> false

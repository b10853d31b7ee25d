--TEST--
An expired entry is computed anew
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'old', -1);
report('entry', fn () => apcu_entry('key', fn () => 'new'));
report('stored', fn () => apcu_fetch('key'));
--EXPECT--
entry -> 'new'
stored -> 'new'

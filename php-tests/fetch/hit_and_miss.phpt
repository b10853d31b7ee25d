--TEST--
A hit returns the value, a miss returns false
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('there', 'value');
report('hit', fn () => apcu_fetch('there'));
report('miss', fn () => apcu_fetch('nowhere'));
report('exists, hit', fn () => apcu_exists('there'));
report('exists, miss', fn () => apcu_exists('nowhere'));
--EXPECT--
hit -> 'value'
miss -> false
exists, hit -> true
exists, miss -> false

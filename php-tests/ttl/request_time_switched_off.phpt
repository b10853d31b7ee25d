--TEST--
Once apc.use_request_time is switched off, the clock counts
--DESCRIPTION--
APCu 5.1.22 mixed two clocks here and is no witness.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
apc.use_request_time=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'value', 1);
usleep(2_200_000);
report('frozen', fn () => apcu_fetch('key'));
ini_set('apc.use_request_time', 0);
report('running', fn () => apcu_fetch('key'));
--EXPECT--
frozen -> 'value'
running -> false

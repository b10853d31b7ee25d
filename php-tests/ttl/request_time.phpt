--TEST--
With apc.use_request_time time stands still within a request
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
apc.use_request_time=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'value', 1);
usleep(2_200_000);
report('fetch', fn () => apcu_fetch('key'));
report('the setting may be changed at run time', fn () => [ini_set('apc.use_request_time', '0'), ini_get('apc.use_request_time')]);
--EXPECT--
fetch -> 'value'
the setting may be changed at run time -> ['1', '0']

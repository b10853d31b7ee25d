--TEST--
Fetching does not prolong a ttl: it counts from the store
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'value', 1);
for ($i = 0; $i < 11; $i++) {
    apcu_fetch('key');
    apcu_exists('key');
    usleep(200_000);
}
report('fetch', fn () => apcu_fetch('key'));
--EXPECT--
fetch -> false

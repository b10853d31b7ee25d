--TEST--
Expired entries are not shown
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['gone' => 1], null, -1);
apcu_store(['here' => 1]);
report('keys', fn () => array_keys(iterator_to_array(new APCUIterator)));
report('count', fn () => (new APCUIterator)->getTotalCount());
--EXPECT--
keys -> ['here']
count -> 1

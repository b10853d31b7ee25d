--TEST--
An iterator given to apcu_delete() shows nothing afterwards
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store(['a' => 1, 'b' => 2, 'c' => 3]);
$iterator = new APCUIterator('/^[ab]/');
apcu_delete($iterator);
var_dump(iterator_count($iterator), apcu_exists('c'));
--EXPECT--
int(0)
bool(true)

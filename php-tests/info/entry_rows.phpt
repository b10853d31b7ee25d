--TEST--
cache_list has one row for each entry, with its size and hits
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store(['small' => 1, 'large' => str_repeat('x', 100_000)]);
apcu_fetch('large');
$rows = array_column(apcu_cache_info()['cache_list'], null, 'info');
ksort($rows);
echo implode(' ', array_keys($rows)), "\n";
var_dump($rows['large']['mem_size'] > 100_000, $rows['small']['mem_size'] < 1000, $rows['large']['num_hits'], $rows['small']['num_hits']);
var_dump((float) array_sum(array_column($rows, 'mem_size')) === apcu_cache_info(true)['mem_size']);
--EXPECT--
large small
bool(true)
bool(true)
float(1)
float(0)
bool(true)

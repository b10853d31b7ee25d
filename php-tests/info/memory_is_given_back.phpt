--TEST--
What is deleted or cleared is free again
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$before = apcu_sma_info(true)['avail_mem'];
$large = str_repeat('x', 1 << 20);
for ($round = 0; $round < 20; $round++) {
    for ($i = 0; $i < 10; $i++) {
        apcu_store("key$i", $large);
    }
    apcu_delete(array_map(fn ($i) => "key$i", range(0, 9)));
}
apcu_store('key', $large);
$used = apcu_sma_info(true)['avail_mem'];
apcu_clear_cache();
$after = apcu_sma_info(true)['avail_mem'];
var_dump($used < $before - strlen($large), $after > $before - 100_000);
--EXPECT--
bool(true)
bool(true)

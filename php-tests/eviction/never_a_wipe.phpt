--TEST--
A full cache gives up single entries, never all of them
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
$failed = 0;
$least = PHP_INT_MAX;
for ($i = 0; $i < 20_000; $i++) {
    $failed += !apcu_store("key$i", str_repeat(chr(65 + $i % 26), 1000));
    if ($i > 5000 && $i % 500 === 0) {
        $least = min($least, apcu_cache_info(true)['num_entries']);
    }
}
var_dump($failed, $least > 2000, apcu_cache_info(true)['expunges']);
$wrong = 0;
foreach (new APCUIterator(null, APC_ITER_VALUE) as $key => $item) {
    $wrong += $item['value'] !== str_repeat(chr(65 + (int) substr($key, 3) % 26), 1000);
}
var_dump($wrong, apcu_fetch('key19999') !== false);
--EXPECT--
int(0)
bool(true)
int(0)
int(0)
bool(true)

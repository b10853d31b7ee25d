--TEST--
apcu_sma_info() has the size of the memory and its free blocks
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
foreach ([false, true] as $limited) {
    $info = apcu_sma_info($limited);
    foreach ($info as $name => $value) {
        echo "$name ", get_debug_type($value), "\n";
    }
}
apcu_store('key', 'value');
$info = apcu_sma_info();
foreach ($info['block_lists'][0][0] as $name => $value) {
    echo "$name ", get_debug_type($value), "\n";
}
echo $info['num_seg'], ' ', count($info['block_lists']), ' ', count($info['block_lists'][0]), "\n";
var_dump($info['avail_mem'] < $info['seg_size'], $info['avail_mem'] > $info['seg_size'] * 0.9, abs($info['seg_size'] - (32 << 20)) < (1 << 20));
--EXPECT--
num_seg int
seg_size float
avail_mem float
block_lists array
num_seg int
seg_size float
avail_mem float
size int
offset int
1 1 1
bool(true)
bool(true)
bool(true)

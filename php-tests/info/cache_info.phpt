--TEST--
apcu_cache_info() has the keys and types that reports read
--EXTENSIONS--
apcu
--SKIPIF--
<?php
if (version_compare(phpversion('apcu'), '5.1.25', '<')) die('skip the shape is that of APCu 5.1.25 and later');
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => str_repeat('x', 1000)], null, 50);
apcu_fetch('a');
apcu_fetch('nowhere');
function shape(array $array): void
{
    foreach ($array as $name => $value) {
        echo "  $name ", get_debug_type($value), "\n";
    }
}
echo "limited\n";
shape(apcu_cache_info(true));
echo "full\n";
shape($info = apcu_cache_info());
echo "row\n";
shape($info['cache_list'][0]);
$counts = [$info['num_hits'], $info['num_misses'], $info['num_inserts'], $info['num_entries'], $info['expunges'], $info['memory_type']];
echo text([...$counts, count($info['cache_list']), $info['deleted_list'], array_sum($info['slot_distribution'])]), "\n";
foreach ($info['cache_list'] as $row) {
    echo text([$row['info'], $row['ttl'], $row['num_hits'], $row['ref_count'], $row['deletion_time']]), "\n";
}
--EXPECT--
limited
  num_slots int
  ttl int
  num_hits float
  num_misses float
  num_inserts float
  num_entries int
  cleanups int
  defragmentations int
  expunges int
  start_time int
  mem_size float
  memory_type string
full
  num_slots int
  ttl int
  num_hits float
  num_misses float
  num_inserts float
  num_entries int
  cleanups int
  defragmentations int
  expunges int
  start_time int
  mem_size float
  memory_type string
  cache_list array
  deleted_list array
  slot_distribution array
row
  info string
  ttl int
  num_hits float
  mtime int
  creation_time int
  deletion_time int
  access_time int
  ref_count int
  mem_size int
[1.0, 1.0, 2.0, 2, 0, 'mmap', 2, [], 2]
['a', 50, 1.0, 0, 0]
['b', 50, 0.0, 0, 0]

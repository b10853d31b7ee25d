--TEST--
Totals cover all matching entries, and stay as they were at the first call
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a1' => str_repeat('x', 100), 'a2' => 1, 'b1' => []]);
apcu_fetch('a1');
apcu_fetch('a1');
apcu_fetch('b1');
$all = new APCUIterator;
$some = new APCUIterator('/^a/');
report('hits', fn () => [$all->getTotalHits(), $some->getTotalHits()]);
report('count', fn () => [$all->getTotalCount(), $some->getTotalCount()]);
report('size', fn () => [$all->getTotalSize() > $some->getTotalSize(), $some->getTotalSize() > 100]);
$sizes = array_column(iterator_to_array(new APCUIterator(null, APC_ITER_MEM_SIZE)), 'mem_size');
report('size is the sum of the sizes', fn () => $all->getTotalSize() === array_sum($sizes));
apcu_store('a3', 1);
apcu_fetch('a1');
report('kept', fn () => [$some->getTotalCount(), $some->getTotalHits()]);
report('rewind keeps them', fn () => [$some->rewind(), $some->getTotalCount()]);
report('a new one', fn () => (new APCUIterator('/^a/'))->getTotalCount());
--EXPECT--
hits -> [3, 2]
count -> [3, 2]
size -> [true, true]
size is the sum of the sizes -> true
kept -> [2, 2]
rewind keeps them -> [null, 2]
a new one -> 3

--TEST--
apcu_delete() of an iterator deletes what it matches and returns true
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
for ($i = 0; $i < 250; $i++) {
    apcu_store(["a$i" => $i, "b$i" => $i]);
}
report('delete', fn () => apcu_delete($iterator = new APCUIterator('/^a/', APC_ITER_NONE, 10)));
report('left', fn () => (new APCUIterator)->getTotalCount());
report('of that kind', fn () => (new APCUIterator('/^a/'))->valid());
report('nothing matched', fn () => apcu_delete(new APCUIterator('/^a/')));
report('list', fn () => [apcu_delete(new APCUIterator(['b1', 'b2'])), apcu_exists(['b1', 'b2', 'b3'])]);
report('all', fn () => [apcu_delete(new APCUIterator), apcu_cache_info(true)['num_entries']]);
--EXPECT--
delete -> true
left -> 250
of that kind -> false
nothing matched -> true
list -> [true, ['b3' => true]]
all -> [true, 0]

--TEST--
Hits, misses, inserts and entries are counted; clearing the cache resets them
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
function counts(): string
{
    $info = apcu_cache_info(true);
    return text([$info['num_hits'], $info['num_misses'], $info['num_inserts'], $info['num_entries']]);
}
echo counts(), "\n";
apcu_store('a', 1);
apcu_store('a', 2);
apcu_add('a', 3);
apcu_store('b', 1);
echo counts(), " after stores\n";
apcu_fetch('a');
apcu_fetch(['a', 'b', 'none']);
apcu_fetch('none');
echo counts(), " after fetches\n";
apcu_delete('a');
apcu_delete('a');
echo counts(), " after deletes\n";
apcu_store('n', 1);
apcu_exists('n');
apcu_exists('none');
apcu_key_info('n');
foreach (new APCUIterator as $item) {
}
echo counts(), " apcu_exists(), reports and iterators count nothing\n";
apcu_entry('n', fn () => 1);
apcu_entry('new', fn () => 1);
echo counts(), " apcu_entry() is a fetch, and a store where it misses\n";
apcu_clear_cache();
echo counts(), " after a clear\n";
--EXPECT--
[0.0, 0.0, 0.0, 0]
[0.0, 0.0, 3.0, 2] after stores
[3.0, 2.0, 3.0, 2] after fetches
[3.0, 2.0, 3.0, 1] after deletes
[3.0, 2.0, 4.0, 2] apcu_exists(), reports and iterators count nothing
[4.0, 3.0, 5.0, 3] apcu_entry() is a fetch, and a store where it misses
[0.0, 0.0, 0.0, 0] after a clear

--TEST--
Entries that are there throughout are shown exactly once, whatever happens to others
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
for ($i = 0; $i < 300; $i++) {
    apcu_store("stay$i", str_repeat('s', $i));
    apcu_store("go$i", str_repeat('g', $i));
}
$seen = [];
$n = 0;
foreach (new APCUIterator(null, APC_ITER_KEY | APC_ITER_VALUE, 5) as $key => $item) {
    if (str_starts_with($key, 'stay')) {
        if ($item['value'] !== str_repeat('s', (int) substr($key, 4))) {
            echo "wrong value of $key\n";
        }
        $seen[$key] = ($seen[$key] ?? 0) + 1;
    }
    apcu_delete('go' . $n % 300);
    apcu_store('new' . $n % 100, str_repeat('n', $n++ % 500));
}
echo count($seen), ' entries, ', array_sum($seen), " times\n";
--EXPECT--
300 entries, 300 times

--TEST--
Every chunk size shows every entry exactly once
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
for ($i = 0; $i < 250; $i++) {
    apcu_store("key$i", $i);
}
foreach ([0, 1, 2, 7, 100, 249, 250, 251, 10_000] as $chunk) {
    foreach ([null, '/^key/', '/5/'] as $search) {
        $seen = [];
        foreach (new APCUIterator($search, APC_ITER_KEY | APC_ITER_VALUE, $chunk) as $key => $item) {
            if ($key !== $item['key'] || $key !== "key{$item['value']}") {
                echo "wrong item $key\n";
            }
            $seen[] = $key;
        }
        $expected = $search === '/5/' ? count(preg_grep('/5/', range(0, 249))) : 250;
        if (count($seen) !== $expected || count(array_unique($seen)) !== $expected) {
            echo "chunk size $chunk, search $search: ", count($seen), " items\n";
        }
    }
}
echo "done\n";
--EXPECT--
done

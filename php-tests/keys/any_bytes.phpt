--TEST--
Any string is a key, the empty one and binary ones included
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$keys = [
    'empty' => '', 'NUL' => "\0", 'NUL inside' => "a\0b", 'prefix' => 'a', 'NUL last' => "a\0", 'all bytes' => implode('', array_map('chr', range(0, 255))),
    'invalid UTF-8' => "\xff\xfe", 'spaces' => ' ', 'newline' => "\n", 'slash' => 'a/b:c{d}', 'long' => str_repeat('k', 300),
    'same prefix' => str_repeat('k', 299) . 'l', '64 KB' => str_repeat('K', 65536), '64 KB, other end' => str_repeat('K', 65535) . 'k',
    '100 KB' => str_repeat('0', 100_000),
];
foreach ($keys as $name => $key) {
    if (!apcu_store($key, "value of $name")) {
        echo "$name was not stored\n";
    }
}
foreach ($keys as $name => $key) {
    if (apcu_fetch($key) !== "value of $name" || !apcu_exists($key)) {
        echo "$name was not found\n";
    }
}
$seen = [];
foreach (new APCUIterator(null, APC_ITER_KEY | APC_ITER_VALUE) as $key => $item) {
    $seen[$item['value']] = $key === $item['key'] && in_array($key, $keys, true);
}
echo count($keys), ' keys, ', count(array_filter($seen)), " iterated\n";
report('bulk fetch', fn () => count(apcu_fetch(array_values($keys))));
report('counter', fn () => [apcu_store("n\0", 1), apcu_inc("n\0"), apcu_cas("n\0", 2, 3), apcu_exists('n')]);
report('entry', fn () => apcu_entry("e\0e", fn ($key) => $key));
report('info', fn () => is_array(apcu_key_info($keys['all bytes'])));
report('delete', fn () => apcu_delete([...array_values($keys), "n\0", "e\0e"]));
report('left', fn () => apcu_cache_info(true)['num_entries']);
--EXPECT--
15 keys, 15 iterated
bulk fetch -> 15
counter -> [true, 2, true, false]
entry -> 'e\000e'
info -> true
delete -> []
left -> 0

--TEST--
A cache with a quota evicts its own entries and stays below it; what does not fit at all is not stored, and other caches lose nothing
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=16M
--FILE--
<?php
$other = new Trove\Cache('other');
for ($i = 0; $i < 100; $i++) {
    $other->store("$i", str_repeat('o', 500));
}
$cache = new Trove\Cache('limited');
$cache->configure(['quota' => '256K']);
$most = 0;
for ($i = 0; $i < 3000; $i++) {
    if (!$cache->store("$i", str_repeat('x', 100 + $i % 900)) || !$cache->has("$i")) {
        echo "not stored: $i\n";
    }
    $most = max($most, $cache->info()->bytes);
}
var_dump($most <= 256 << 10, $most > 200 << 10);
var_dump($cache->count() + $cache->info()->evictions);
var_dump($other->count(), $other->info()->evictions);

var_dump($cache->store('large', str_repeat('x', 300 << 10)), $cache->has('2999'), $cache->count() > 100);
echo Trove\status()['last_problem'] ?? '', "\n";
?>
--EXPECTF--
bool(true)
bool(true)
int(3000)
int(100)
int(0)
bool(false)
bool(true)
bool(true)
Trove: store of key "large": no room for %d bytes in the cache's quota of 262144 bytes (private memory); raise its option quota

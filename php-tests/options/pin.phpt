--TEST--
What is stored with pin: true is never evicted, within the limit of the option pin
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=2M
--FILE--
<?php
$cache = new Trove\Cache('versions');
for ($i = 0; $i < 50; $i++) {
    $cache->store("version $i", $i, pin: true);
}
var_dump($cache->add('added', 'a', pin: true), $cache->replace('added', 'b', pin: true));
$filler = new Trove\Cache('filler');
for ($i = 0; $i < 20000; $i++) {
    $filler->store("$i", str_repeat('x', 400));
}
var_dump($filler->info()->evictions > 0, $cache->count(), $cache->fetch('version 7'), $cache->increment('version 7'));

echo "The limit:\n";
$cache->configure(['pin' => '8K']);
$full = fn(string $key) => $cache->store($key, str_repeat('x', 3000), pin: true);
var_dump($full('1'), $full('2'), $cache->store('2', str_repeat('x', 3000)));
echo Trove\status()['last_problem'] ?? '', "\n";
$cache->configure(['pin' => 0]);
var_dump($cache->store('none', 1, pin: true), $cache->has('none'), $cache->store('none', 1));
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
int(51)
int(7)
int(8)
The limit:
bool(true)
bool(false)
bool(true)
Trove: store of key "2": no room for %d bytes that are never evicted: the cache may have 8192 bytes of such entries (private memory); raise its option pin
bool(false)
bool(false)
bool(true)

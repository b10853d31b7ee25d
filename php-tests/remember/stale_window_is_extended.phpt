--TEST--
A computation that takes longer than the stale window does not send the others to wait for it, as long as it lives
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$cache->store('key', 'old', ttl: 0.05, stale: 1);
while ($cache->has('key')) {
    usleep(1000);
}
$holder = new Php;
$holder->send('$cache = new Trove\Cache("pages");
    echo $cache->remember("key", function () use ($cache) {
        $cache->store("begun", 1);
        while (true) usleep(1000);
    });');
while (!$cache->has('begun')) {
    usleep(1000);
}
$end = microtime(true) + 1.5;
do {
    $old = $cache->remember('key', fn () => 'computed twice');
    // Others store meanwhile, which reclaims what has expired.
    $cache->store('other ' . mt_rand(), 1);
} while ($old === 'old' && microtime(true) < $end);
echo $old, ', ', $cache->entry('key')->state, "\n";
$holder->kill();
echo $cache->entry('key')->state, "\n";
echo $cache->remember('key', fn () => 'new'), "\n";
--EXPECT--
old, stale
missing
new

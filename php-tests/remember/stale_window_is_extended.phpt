--TEST--
A computation that takes longer than the stale window does not send the others to wait for it, as long as it lives
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$holder = new Php;
$holder->run('$cache = new Trove\Cache("pages");'); // ready before the window begins
$cache->store('key', 'old', ttl: 0.05, stale: 2);
while ($cache->has('key')) {
    usleep(1000);
}
$holder->send('
    echo $cache->remember("key", function () use ($cache) {
        $cache->store("begun", 1);
        while (true) usleep(1000);
    });');
while (!$cache->has('begun')) {
    usleep(1000);
}
$end = microtime(true) + 2.5;
do {
    $old = $cache->remember('key', fn () => 'computed twice');
    // Others store meanwhile, which reclaims what has expired.
    $cache->store('other ' . mt_rand(), 1);
} while ($old === 'old' && microtime(true) < $end);
echo $old, ', ', $cache->entry('key')->state, "\n";
$holder->kill();
for ($end = microtime(true) + 10; $cache->entry('key')->state === 'stale' && microtime(true) < $end;) {
    usleep(1000); // until it is dead
}
echo $cache->entry('key')->state, "\n";
echo $cache->remember('key', fn () => 'new'), "\n";
--EXPECT--
old, stale
missing
new

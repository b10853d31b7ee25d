--TEST--
remember() stores with the options of its cache; in a cache that keeps nothing it computes at once, in a frozen one it stores nothing
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment();
$short = new Trove\Cache('short');
$short->configure(['ttl' => 0.05, 'stale' => 3600, 'compress' => 100]);
$short->remember('key', fn () => str_repeat('old ', 1000));
while ($short->has('key')) {
    usleep(1000);
}
report('ttl and stale window of the cache', fn () => substr($short->remember('key', fn () => throw new Exception, staleIfError: 1), 0, 7));
report('its own', fn () => [$short->remember('own', fn () => 1, ttl: 3600), $short->has('own')]);
report('compressed', fn () => $short->remember('key', fn () => str_repeat('new ', 1000)) === $short->fetch('key'));

// A cache that keeps nothing: two processes compute at the same time, and names do not meet those of another such cache.
$null = new Trove\Cache('null');
$other = new Trove\Cache('other null');
$null->configure(['null' => true]);
$other->configure(['null' => true]);
$worker = new Php;
$worker->send('$cache = new Trove\Cache("null"); $signs = new Trove\Cache("signs");
    echo $cache->remember("key", function () use ($signs) {
        $signs->store("begun", 1);
        while (!$signs->has("finish")) usleep(1000);
        return "theirs";
    });');
$signs = new Trove\Cache('signs');
while (!$signs->has('begun')) {
    usleep(1000);
}
report('null', fn () => $null->remember('key', fn () => 'ours'));
$signs->store('finish', 1);
report('null', fn () => $worker->receive());
report('nested', fn () => $null->remember('key', fn () => $other->remember('key', fn () => 'inner')));
report('itself', fn () => $null->remember('key', fn () => $null->remember('key', fn () => 'inner')));
report('put off', fn () => $null->remember('key', fn () => 'computed', background: true));
report('locks', fn () => [($lock = $null->lock('name', 60))->isHeld(), $other->lock('name', 60)->isHeld(), $null->lock('name', 60)]);

$frozen = new Trove\Cache('frozen');
$frozen->store('there', 1);
$frozen->freeze();
report('frozen', fn () => [$frozen->remember('there', fn () => 2), $frozen->remember('missing', fn () => 3), $frozen->has('missing')]);
report('lock of a frozen cache', fn () => $frozen->lock('name', 60)->isHeld());
--EXPECT--
ttl and stale window of the cache -> 'old old'
its own -> [1, true]
compressed -> true
null -> 'ours'
null -> 'theirs'
nested -> 'inner'
itself -> Trove\RecursionException: Trove\Cache::remember(): key "key" is needed for its own computation
put off -> 'computed'
locks -> [true, true, null]
frozen -> [1, 3, false]
lock of a frozen cache -> true

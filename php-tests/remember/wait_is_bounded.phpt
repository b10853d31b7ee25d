--TEST--
Whoever has waited long enough computes itself; the value that was computed later stays
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$holder = new Php;
$hold = 'echo $cache->remember("key", function () use ($cache) {
        $cache->store("begun", 1);
        while (!$cache->has("finish")) usleep(1000);
        return "by the holder";
    });';
$holder->send('$cache = new Trove\Cache("pages"); ' . $hold);
while (!$cache->has('begun')) {
    usleep(1000);
}
$start = microtime(true);
echo $cache->remember('key', fn () => 'after 0.2 s', wait: 0.2), ' ', microtime(true) - $start >= 0.19 ? 'waited' : 'too early', "\n";
$cache->delete('key');
echo $cache->remember('key', fn () => 'not waited', wait: 0), "\n";
echo $cache->fetch('key'), "\n";
$cache->store('finish', 1);
echo $holder->receive(), "\n";
// The holder had the right to the key all the time.
echo $cache->fetch('key'), "\n";

// One that was waited for in vain and comes late, without the right, does not replace what was stored meanwhile.
$cache->deleteMultiple(['key', 'begun', 'finish']);
$holder->send(str_replace('});', '}, lease: 0.1);', $hold));
while (!$cache->has('begun')) {
    usleep(1000);
}
echo $cache->remember('key', fn () => 'by the next'), "\n";
$cache->store('finish', 1);
echo $holder->receive(), ' ', $cache->fetch('key'), "\n";
--EXPECT--
after 0.2 s waited
not waited
not waited
by the holder
by the holder
by the next
by the holder by the next

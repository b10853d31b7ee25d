--TEST--
Whoever has waited long enough computes itself; what was stored since a computation began is not replaced by it
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
// What it has read is older than what was stored meanwhile.
echo $cache->fetch('key'), "\n";

// So it is where its lease was over.
$cache->deleteMultiple(['key', 'begun', 'finish']);
$holder->send(str_replace('});', '}, lease: 0.1);', $hold));
while (!$cache->has('begun')) {
    usleep(1000);
}
echo $cache->remember('key', fn () => 'by the next'), "\n";
$cache->store('finish', 1);
echo $holder->receive(), ' ', $cache->fetch('key'), "\n";

// So it is where there was an old value.
$cache->store('key', 1);
$cache->refresh('key');
$cache->remember('key', fn () => $cache->store('key', 'stored meanwhile') ? 'computed' : '');
echo $cache->fetch('key'), "\n";
// One that is marked stale once more is still the old one, but what replaces it is stale as well.
$cache->store('key', 1);
$cache->refresh('key');
$cache->remember('key', fn () => $cache->refresh('key') ? 'marked meanwhile' : '');
echo json_encode($cache->fetch('key')), ' ', $cache->remember('key', fn () => throw new Exception, staleIfError: 1), "\n";
--EXPECT--
after 0.2 s waited
not waited
not waited
by the holder
not waited
by the next
by the holder by the next
stored meanwhile
null marked meanwhile

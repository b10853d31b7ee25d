--TEST--
A computation that takes longer than its lease is followed by the next that asks
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$holder = new Php;
$holder->send('$cache = new Trove\Cache("pages");
    $cache->remember("key", function () use ($cache) {
        $cache->store("begun", microtime(true));
        while (true) usleep(1000);
    }, lease: 0.4);');
while (!$cache->has('begun')) {
    usleep(1000);
}
echo $cache->remember('key', fn () => 'by the next'), "\n";
// Its clock counts milliseconds in ticks of some.
var_dump(microtime(true) - $cache->fetch('begun') > 0.3);
$holder->kill();
--EXPECT--
by the next
bool(true)

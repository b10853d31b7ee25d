--TEST--
A process that is killed while it computes is followed at once by one that waits
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
for ($i = 0; $i < 5; $i++) {
    $holder = new Php;
    $holder->send('$cache = new Trove\Cache("pages");
        $cache->remember("outer", fn () => $cache->remember("key", function () use ($cache) {
            $cache->store("begun", 1);
            while (true) usleep(1000);
        }));');
    $waiter = new Php;
    while (!$cache->has('begun')) {
        usleep(1000);
    }
    $waiter->send('$cache = new Trove\Cache("pages"); $cache->store("asked", 1);
        echo $cache->remember("key", fn () => "computed by the next"), $cache->remember("outer", fn () => ", both");');
    while (!$cache->has('asked')) {
        usleep(1000);
    }
    $start = microtime(true);
    $holder->kill();
    echo $waiter->receive(), microtime(true) - $start < 5 ? '' : ' late', "\n";
    $cache->flush();
}
--EXPECT--
computed by the next, both
computed by the next, both
computed by the next, both
computed by the next, both
computed by the next, both

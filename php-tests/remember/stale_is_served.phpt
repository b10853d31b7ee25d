--TEST--
While one process computes a stale value anew, all others get the old one at once
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$cache->store('key', 'old', ttl: 0.05, stale: 3600);
while ($cache->has('key')) {
    usleep(1000);
}
$holder = new Php;
$holder->send('$cache = new Trove\Cache("pages");
    echo $cache->remember("key", function () use ($cache) {
        $cache->store("begun", 1);
        while (!$cache->has("finish")) usleep(1000);
        return "new";
    }, ttl: 3600, stale: 3600);');
while (!$cache->has('begun')) {
    usleep(1000);
}
$others = [new Php, new Php];
$ask = 'echo (new Trove\Cache("pages"))->remember("key", fn () => "computed twice");';
for ($i = 0; $i < 3; $i++) {
    foreach ($others as $other) {
        echo $other->run($ask), "\n";
    }
}
// fetch() knows nothing of stale values.
var_dump($cache->fetch('key'));
$cache->store('finish', 1);
echo $holder->receive(), "\n";
echo $others[0]->run($ask), "\n";
var_dump($cache->fetch('key'));

// Marked stale, it is the same.
$cache->refresh('key');
var_dump($cache->has('key'));
$cache->deleteMultiple(['begun', 'finish']);
$holder->send('echo $cache->remember("key", function () use ($cache) {
        $cache->store("begun", 1);
        while (!$cache->has("finish")) usleep(1000);
        return "newer";
    });');
while (!$cache->has('begun')) {
    usleep(1000);
}
echo $others[0]->run($ask), "\n";
$cache->store('finish', 1);
echo $holder->receive(), ' ', $others[0]->run($ask), "\n";
--EXPECT--
old
old
old
old
old
old
NULL
new
new
string(3) "new"
bool(false)
new
newer newer

--TEST--
Without an old value the others wait for the one that computes, and get what it stores
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$compute = '$cache = new Trove\Cache("pages");
    echo json_encode($cache->remember("key", function () use ($cache) {
        $cache->increment("calls");
        usleep(300_000);
        return ["computed by" => getmypid()];
    }));';
$workers = array_map(fn () => new Php, range(1, 5));
foreach ($workers as $worker) {
    $worker->send($compute);
}
$answers = array_map(fn ($worker) => $worker->receive(), $workers);
var_dump(count(array_unique($answers)), $cache->fetch('calls'));

// Keys are computed at the same time.
$cache->store('there', 1);
$slow = new Php;
$slow->send('$cache = new Trove\Cache("pages");
    echo $cache->remember("slow", function () use ($cache) {
        $cache->store("begun", 1);
        while (!$cache->has("finish")) usleep(1000);
        return "computed";
    });');
while (!$cache->has('begun')) {
    usleep(1000);
}
var_dump($workers[0]->run('echo $cache->remember("there", "time"), $cache->remember("another", fn () => 2), $cache->store("slow, too", 1), $cache->fetch("slow", "-");'));
$cache->store('finish', 1);
echo $slow->receive(), "\n";
--EXPECT--
int(1)
int(1)
string(4) "121-"
computed

--TEST--
lock() waits as long as it is told, and gets the lock as soon as it is free: released, over time, or its holder dead
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('jobs');
$holder = new Php;
$waiter = new Php;
foreach ([$holder, $waiter] as $process) {
    $process->run('$cache = new Trove\Cache("jobs");');
}
$wait = '$start = microtime(true); $cache->store("waiting", 1); $lock = $cache->lock("name", 60, 20);
    echo $lock ? "locked" : "refused", microtime(true) - $start < 15 ? "" : " late"; $lock = null; $cache->delete("waiting");';
$waiting = function () use ($cache) {
    while (!$cache->has('waiting')) {
        usleep(1000);
    }
    usleep(20_000);
};

$holder->run('$lock = $cache->lock("name", 60);');
$start = microtime(true);
var_dump($cache->lock('name', 60, 0.2), microtime(true) - $start >= 0.19);

$waiter->send($wait);
$waiting();
$holder->run('$lock->release();');
echo 'released: ', $waiter->receive(), "\n";

$holder->run('$lock = $cache->lock("name", 0.3);');
echo 'over time: ', $waiter->run($wait), ', ', $holder->run('var_export([$lock->isHeld(), $lock->release()]);'), "\n";

$holder->run('$lock = $cache->lock("name", 60);');
$waiter->send($wait);
$waiting();
$holder->kill();
echo 'dead: ', $waiter->receive(), "\n";

// At the end of the request, however it ends.
foreach (['exit;', 'ini_set("memory_limit", "8M"); ini_set("display_errors", "0"); ini_set("log_errors", "0"); str_repeat("x", 100_000_000);'] as $end) {
    $holder = new Php;
    $holder->send('$cache = new Trove\Cache("jobs"); $GLOBALS["circle"] = $circle = new ArrayObject; $circle[] = $circle;
        $circle[] = $cache->lock("name", 60); $cache->store("held", 1); while (!$cache->has("waiting")) usleep(1000); ' . $end);
    while (!$cache->has('held')) {
        usleep(1000);
    }
    $waiter->send($wait);
    echo 'end of the request: ', $waiter->receive(), "\n";
    $cache->delete('held');
}
--EXPECT--
NULL
bool(true)
released: locked
over time: locked, array (
  0 => false,
  1 => false,
)
dead: locked
end of the request: locked
end of the request: locked

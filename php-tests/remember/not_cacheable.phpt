--TEST--
Where the callback wants its value not to be stored, those who waited compute at the same time, not one after the other
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$ask = fn (string $callback) => '$cache = new Trove\Cache("pages"); $cache->increment("asking");
    echo $cache->remember("key", function (Trove\Computation $computation) use ($cache) {
        $computation->setCacheable(false);' . $callback . '
    });';
$until = fn (string $condition) => "for (\$end = microtime(true) + 6; !($condition) && microtime(true) < \$end;) usleep(1000);";

$holder = new Php;
$holder->send($ask('$cache->store("begun", 1); ' . $until('$cache->has("finish")') . ' return "alone";'));
while (!$cache->has('begun')) {
    usleep(1000);
}
$waiters = [new Php, new Php, new Php];
foreach ($waiters as $waiter) {
    $waiter->send($ask('$cache->increment("together"); ' . $until('$cache->fetch("together") === 3') . ' return "one of " . $cache->fetch("together");'));
}
while ($cache->fetch('asking') < 4) {
    usleep(1000);
}
// They wait now, or very soon.
usleep(100_000);
$cache->store('finish', 1);
echo $holder->receive(), "\n";
foreach ($waiters as $waiter) {
    echo $waiter->receive(), "\n";
}
var_dump($cache->has('key'));
--EXPECT--
alone
one of 3
one of 3
one of 3
bool(false)

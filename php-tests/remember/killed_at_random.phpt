--TEST--
Processes are killed at random inside remember(), lock() and compareAndSwap(): nobody waits, no value is wrong, nothing is lost, no lock is held twice
--EXTENSIONS--
trove
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages', 0.02);
$deadline = microtime(true) + 90;

/** Works until it is killed: pages that must be whole, and a section that only one may be in. */
function work(Trove\Cache $cache): never
{
    mt_srand(getmypid());
    $seen = 0;
    while (true) {
        // A sum that is an integer at times, and a list at others: whatever becomes of those who exchange it, nothing of it is lost.
        $sum = $cache->fetch('sum');
        $number = is_array($sum) ? $sum[0] : $sum;
        if ($number < $seen) {
            $cache->store('fault', "the sum was $seen and is $number", 0);
        }
        $seen = $number;
        if (mt_rand(0, 1)) {
            $cache->compareAndSwap('sum', $sum, is_array($sum) ? $number : [$number]);
        } elseif (is_int($sum)) {
            try {
                $seen = $cache->increment('sum');
            } catch (TypeError) {
                // It has become a list.
            }
        }
        $key = 'page ' . mt_rand(0, 3);
        $page = $cache->remember($key, function (Trove\Computation $computation) {
            usleep(mt_rand(0, 2000));
            $text = str_repeat(chr(mt_rand(65, 90)), mt_rand(1, 3000));
            return [$computation->key(), $text, md5($text)];
        }, tags: ['page'], stale: mt_rand(0, 1) * 0.02, background: false);
        if ($page[0] !== $key || md5($page[1]) !== $page[2]) {
            $cache->store('fault', "$key: " . json_encode($page), 0);
        }
        if ($lock = $cache->lock('section', 30, 20)) {
            // Whoever was in here is out, or dead: nobody else writes now.
            $cache->store('inside', getmypid(), 0);
            usleep(mt_rand(0, 500));
            if ($cache->fetch('inside') !== getmypid()) {
                $cache->store('fault', 'two are inside', 0);
            }
            $cache->increment('turns', ttl: 0);
            $lock->release();
        } else {
            $cache->store('fault', 'waited 20 s for a lock', 0);
        }
    }
}

$cache->store('sum', 0, 0);
$workers = [];
$kills = 0;
while ($kills < 150 && microtime(true) < $deadline) {
    while (count($workers) < 4) {
        $pid = pcntl_fork();
        $pid === 0 ? work($cache) : $workers[] = $pid;
    }
    usleep(mt_rand(0, 15_000));
    $at = array_rand($workers);
    posix_kill($workers[$at], 9);
    pcntl_waitpid($workers[$at], $status);
    unset($workers[$at]);
    $kills++;
}
$turns = $cache->fetch('turns', 0);
for ($i = 0; $i < 10_000 && $cache->fetch('turns') < $turns + 20; $i++) {
    usleep(1000);
}
foreach ($workers as $worker) {
    posix_kill($worker, 9);
    pcntl_waitpid($worker, $status);
}
var_dump($kills, $cache->fetch('fault'), $cache->fetch('turns') >= $turns + 20);
$sum = $cache->fetch('sum');
var_dump((is_array($sum) ? $sum[0] : $sum) > 100);

$start = microtime(true);
for ($i = 0; $i < 4; $i++) {
    $cache->delete("page $i");
    $cache->remember("page $i", fn () => 1);
}
var_dump($cache->lock('section', 1) !== null, microtime(true) - $start < 5);
--EXPECT--
int(150)
NULL
bool(true)
bool(true)
bool(true)
bool(true)

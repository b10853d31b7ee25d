--TEST--
Nobody is given a value from before a removal that was complete when it asked, however keys are removed and whoever is killed meanwhile
--EXTENSIONS--
trove
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
const WAYS = ['delete', 'deleteMultiple', 'invalidateTags', 'beginInvalidation', 'flush', 'a store that is over'];
/** What the values are made from: a version for each key; and the last version whose writer has removed the old value. */
$source = new Trove\Cache('source');
$caches = array_map(fn ($way) => new Trove\Cache("pages $way"), array_combine(WAYS, WAYS));

/** Reads until it is killed. */
function read(Trove\Cache $source, array $caches): never
{
    mt_srand(getmypid());
    while (true) {
        $way = WAYS[array_rand(WAYS)];
        $least = $source->fetch("removed $way", 0);
        $compute = function () use ($source, $way) {
            $version = $source->fetch("version $way", 0);
            usleep(mt_rand(0, 1000));
            return mt_rand(0, 1) ? $version : [$version];
        };
        // Short leases are overtaken, short waits compute without one.
        [$lease, $wait] = [mt_rand(0, 1) ? 60.0 : 0.001, mt_rand(0, 1) ? 10.0 : 0.001];
        $page = mt_rand(0, 3) === 0
            ? $caches[$way]->fetch('page', PHP_INT_MAX)
            : $caches[$way]->remember('page', $compute, tags: ['page'], wait: $wait, lease: $lease);
        $given = ((array) $page)[0];
        if ($given < $least) {
            $source->store("fault $way", "$given after $least");
        }
        $source->increment('reads');
    }
}

$kills = $round = 0;
$readers = [];
$deadline = microtime(true) + 60;
while ($source->fetch('reads', 0) < 5000 && microtime(true) < $deadline || $kills < 50) {
    while (count($readers) < 3) {
        $pid = pcntl_fork();
        $pid === 0 ? read($source, $caches) : $readers[] = $pid;
    }
    $way = WAYS[$round % count(WAYS)];
    $cache = $caches[$way];
    $change = $way === 'beginInvalidation' ? $cache->beginInvalidation(['page']) : null;
    $version = $source->increment("version $way");
    match ($way) {
        'delete' => $cache->delete('page'),
        'deleteMultiple' => $cache->deleteMultiple(['page', 'another']),
        'invalidateTags' => $cache->invalidateTags(['page']),
        'beginInvalidation' => $change->commit(),
        'flush' => $cache->flush(),
        'a store that is over' => $cache->store('page', 'never seen', new DateTime('-1 second')),
    };
    $source->store("removed $way", $version);
    usleep(mt_rand(0, 500));
    if (++$round % 20 === 0) {
        $at = array_rand($readers);
        posix_kill($readers[$at], 9);
        pcntl_waitpid($readers[$at], $status);
        unset($readers[$at]);
        $kills++;
    }
}
foreach ($readers as $reader) {
    posix_kill($reader, 9);
    pcntl_waitpid($reader, $status);
}
foreach (WAYS as $way) {
    echo "$way: ", $source->fetch("fault $way", 'never older'), "\n";
}
var_dump($kills >= 50, $source->fetch('reads') > 100);
?>
--EXPECT--
delete: never older
deleteMultiple: never older
invalidateTags: never older
beginInvalidation: never older
flush: never older
a store that is over: never older
bool(true)
bool(true)

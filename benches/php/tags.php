<?php
/*
 * What tags cost: fetches with and without, invalidation and flush of a million entries, fetches beside them, and how the memory comes back.
 *
 *   php -n tags.php TROVE.so [entries]
 *
 * Starts itself in processes that share a segment of their own. Each figure is measured several times; the table shows the median, and the worst
 * where that is what matters.
 */

const ROUNDS = 3;
const BATCHES = 25;
const BATCH_NS = 4_000_000;

if (!isset($argv[1])) {
    exit("usage: php -n tags.php TROVE.so [entries]\n");
}
if ($argv[1] === '--reader') {
    reader();
    exit;
}
if (!extension_loaded('trove')) {
    exit(start($argv));
}
$entries = (int) ($argv[2] ?? 1_000_000);
fetches();
million('invalidateTags', $entries, function (Trove\Cache $cache) {
    $cache->invalidateTags(['all']);
});
million('flush', $entries, function (Trove\Cache $cache) {
    $cache->flush();
});

/** Runs this script again, with the extension and a segment of its own. */
function start(array $argv): int
{
    $directory = '/dev/shm/trove-bench-' . bin2hex(random_bytes(4));
    mkdir($directory, 0700);
    $settings = ["extension=$argv[1]", 'trove.segment=bench', "trove.directory=$directory", 'trove.memory=384M', 'apc.entries_hint=1000000', 'memory_limit=1G', 'trove.zero_copy=on'];
    $command = [PHP_BINARY, '-n'];
    foreach ($settings as $setting) {
        array_push($command, '-d', $setting);
    }
    putenv('TROVE_BENCH=' . json_encode($command));
    $process = proc_open([...$command, ...$argv], [], $pipes);
    $status = proc_close($process);
    array_map(unlink(...), glob("$directory/*"));
    rmdir($directory);
    return $status;
}

/** Nanoseconds of a fetch, for values with and without tags. */
function fetches(): void
{
    $cache = new Trove\Cache('bench');
    $rows = array_map(fn ($i) => ['id' => $i, 'name' => "row $i"], range(1, 100));
    foreach (['integer' => 1, 'string of 100 bytes' => str_repeat('x', 100), 'array of 100 rows' => $rows] as $what => $value) {
        foreach ([0, 1, 3, 8] as $tags) {
            $cache->store("tags $tags", $value, tags: $tags === 0 ? [] : array_map(fn ($t) => "tag $t", range(1, $tags)));
        }
        $times = [];
        foreach ([0, 1, 3, 8] as $tags) {
            $times[$tags] = time_of(fn ($n) => loop($cache, "tags $tags", $n)) - time_of(fn ($n) => empty_loop($cache, "tags $tags", $n));
        }
        printf("%-28s %5.1f ns   1 tag %5.1f (%.2f)   3 tags %5.1f (%.2f)   8 tags %5.1f (%.2f)\n", "fetch, $what", $times[0],
            $times[1], $times[1] / $times[0], $times[3], $times[3] / $times[0], $times[8], $times[8] / $times[0]);
    }
    $cache->flush();
}

function loop(Trove\Cache $cache, string $key, int $n): void
{
    for ($i = 0; $i < $n; $i++) {
        $cache->fetch($key);
    }
}

function empty_loop(Trove\Cache $cache, string $key, int $n): void
{
    for ($i = 0; $i < $n; $i++) {
    }
}

/** The fastest of several batches, per call. */
function time_of(callable $batch): float
{
    for ($n = 1000; ; $n *= 2) {
        $start = hrtime(true);
        $batch($n);
        if (hrtime(true) - $start > BATCH_NS) {
            break;
        }
    }
    $best = INF;
    for ($i = 0; $i < BATCHES; $i++) {
        $start = hrtime(true);
        $batch($n);
        $best = min($best, (hrtime(true) - $start) / $n);
    }
    return $best;
}

/** Times an operation on a cache of many entries, while another process fetches; then stores until the memory is back. */
function million(string $what, int $entries, callable $operation): void
{
    $cache = new Trove\Cache('bench');
    $beside = new Trove\Cache('beside');
    $beside->storeMultiple(['fetched' => str_repeat('y', 100), 'stop' => false]);
    $reader = proc_open([...json_decode(getenv('TROVE_BENCH')), __FILE__, '--reader'], [1 => ['pipe', 'w']], $pipes);
    while (!$beside->has('reading')) {
        usleep(1000);
    }
    [$times, $back, $empty] = [[], [], $cache->info()->free];
    for ($round = 0; $round < ROUNDS; $round++) {
        for ($i = 0; $i < $entries; $i++) {
            $cache->store("entry $i", $i, tags: ['all']);
        }
        $full = $cache->info()->free;
        $count = count($cache);
        $beside->store('phase', 'busy');
        $start = hrtime(true);
        $operation($cache);
        $times[] = (hrtime(true) - $start) / 1000;
        usleep(2000);
        $beside->store('phase', 'quiet');
        // Stores under keys of all stripes: each store looks through as many buckets of its stripe.
        for ($stores = 0; $cache->info()->free - $full < 0.9 * ($empty - $full) && $stores < 5 * $entries; $stores += 1000) {
            for ($i = 0; $i < 1000; $i++) {
                $beside->store('key ' . ($stores + $i) % 65536, 'a value');
            }
        }
        $back[] = $stores;
    }
    $beside->store('stop', true);
    [$quiet, $busy] = json_decode(stream_get_contents($pipes[1]));
    proc_close($reader);
    sort($times);
    sort($back);
    printf("%-28s median %.1f us, worst %.1f us (%d entries)\n", $what, $times[intdiv(ROUNDS, 2)], end($times), $count);
    printf("%-28s p99 %d ns around it, %d ns else\n", '  fetch in another process', $busy, $quiet);
    printf("%-28s 90%% after %d stores elsewhere\n", '  memory back', $back[intdiv(ROUNDS, 2)]);
    $cache->flush();
    $beside->flush();
}

/** Fetches until it is told to stop; prints the 99th percentile of its times, in quiet and in busy phases. */
function reader(): void
{
    $cache = new Trove\Cache('beside');
    $cache->store('reading', true);
    $counts = ['quiet' => [], 'busy' => []];
    do {
        $phase = $cache->fetch('phase', 'quiet');
        for ($i = 0; $i < 200; $i++) {
            $start = hrtime(true);
            $cache->fetch('fetched');
            $ns = hrtime(true) - $start;
            $counts[$phase][$ns] = ($counts[$phase][$ns] ?? 0) + 1;
        }
    } while (!$cache->fetch('stop'));
    echo json_encode([percentile($counts['quiet']), percentile($counts['busy'])]);
}

function percentile(array $counts): int
{
    ksort($counts);
    $left = array_sum($counts) * 0.99;
    foreach ($counts as $ns => $count) {
        if (($left -= $count) <= 0) {
            return $ns;
        }
    }
    return -1;
}

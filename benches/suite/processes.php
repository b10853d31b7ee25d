<?php
/*
 * Several processes at once: a reader's slow fetches while another process stores without pause, and the throughput of two processes against
 * that of one. The processes are forked, since APCu's cache is shared by no others.
 *
 *   php -n ... processes.php --tails SECONDS          histograms of one reader's times, as JSON
 *   php -n ... processes.php --throughput SECONDS     calls per second, as JSON
 */

require __DIR__ . '/part.inc';

const KEYS = 1000;

match ($argv[1]) {
    '--tails' => print json_encode(tails((float) $argv[2])),
    '--throughput' => print json_encode(throughput((float) $argv[2])),
    default => part(both(...)),
};

/** @return array{list<Row>, array} */
function both(Options $options): array
{
    $measured = [];
    for ($round = 1; $round <= $options->rounds(9); $round++) {
        progress("processes: round $round");
        foreach (['trove', 'apcu'] as $cache) {
            foreach (['tails', 'throughput'] as $what) {
                $settings = ["extension={$options->libraries[$cache]}", 'apc.enable_cli=1', 'apc.shm_size=128M', 'memory_limit=512M'];
                $found = json_decode(output_of(php($settings, __FILE__, "--$what", $options->quick ? 0.3 : 1)), true);
                foreach ($found as $case => $value) {
                    $measured[$what][$cache][$case][] = $value;
                }
            }
        }
    }
    return [[...tail_rows($measured['tails']), ...throughput_rows($measured['throughput'])], $measured];
}

/** @return list<Row> */
function tail_rows(array $measured): array
{
    $rows = [];
    foreach (['large' => '100 KB values', 'small' => 'small strings'] as $writer => $title) {
        foreach (['p99', 'p999'] as $percentile) {
            $of = fn (string $cache, string $case) => array_column($measured[$cache][$case], $percentile);
            $apcu = spread(ratios($of('apcu', $writer), $of('apcu', 'idle')));
            $rows[] = new Row('a reader beside a writer', ($percentile === 'p99' ? 'p99' : 'p99.9') . " while another stores $title, against idle",
                spread(ratios($of('trove', $writer), $of('trove', 'idle'))), '', 1.5, '', ['others' => ['apcu' => $apcu[0]]]);
        }
    }
    return $rows;
}

/** @return list<Row> */
function throughput_rows(array $measured): array
{
    $rows = [];
    $section = 'two processes, against one';
    $cases = [
        'fetch' => ['fetch', 1.9],
        'mixed' => ['90% fetch, 10% store', 1.8],
        'own' => ['the same, each storing under keys of its own', null],
        'alone' => ['no cache: what the machine gives', null],
    ];
    foreach ($cases as $case => [$title, $bar]) {
        $gain = fn (string $cache) => spread(ratios(array_column($measured[$cache][$case], 1), array_column($measured[$cache][$case], 0)));
        $rows[] = new Row($section, $title, $gain('trove'), '', $bar, '', ['others' => ['apcu' => $gain('apcu')[0]]], least: true);
    }
    return $rows;
}

/** @return array<string, array{p99: int, p999: int}> nanoseconds, by what the writer does */
function tails(float $seconds): array
{
    $large = str_repeat('x', 100 << 10);
    apcu_store('read', 'a small value');
    return [
        'idle' => reader($seconds),
        'large' => beside(fn (int $i) => apcu_store('large ' . $i % 100, $large), fn () => reader($seconds)),
        'small' => beside(fn (int $i) => apcu_store('small ' . $i % KEYS, "a small value $i"), fn () => reader($seconds)),
    ];
}

/** Runs $here while a child does $there again and again. */
function beside(Closure $there, Closure $here): mixed
{
    $child = pcntl_fork();
    if ($child === 0) {
        for ($i = 0; ; $i++) {
            $there($i);
        }
    }
    usleep(20_000);
    $result = $here();
    exec("kill -KILL $child");
    pcntl_waitpid($child, $status);
    return $result;
}

/** @return array{p99: int, p999: int} of single fetches, the clock's own time included */
function reader(float $seconds): array
{
    $counts = array_fill(0, 4096, 0);
    $long = [];
    $end = hrtime(true) + $seconds * 1e9;
    do {
        for ($i = 0; $i < 1000; $i++) {
            $start = hrtime(true);
            apcu_fetch('read');
            $ns = hrtime(true) - $start;
            if ($ns < 4096) {
                $counts[$ns]++;
            } else {
                $long[] = $ns;
            }
        }
    } while (hrtime(true) < $end);
    sort($long);
    return ['p99' => percentile($counts, $long, 0.99), 'p999' => percentile($counts, $long, 0.999)];
}

function percentile(array $counts, array $long, float $share): int
{
    $left = (array_sum($counts) + count($long)) * $share;
    foreach ($counts as $ns => $count) {
        if (($left -= $count) <= 0) {
            return $ns;
        }
    }
    return $long[(int) $left] ?? end($long);
}

/**
 * Two processes, each on a processor of its own, work in turn: the one, both, the other, both. So what one processor can do more than the other, or the
 * machine now more than then, is in both of the sums that are compared.
 *
 * @return array<string, array{float, float}> calls a second of one process, and of two together
 */
function throughput(float $seconds): array
{
    for ($i = 0; $i < KEYS; $i++) {
        apcu_store("key $i", str_repeat('x', 100));
    }
    $keys = array_map(fn ($i) => "key $i", range(0, KEYS - 1));
    shuffle($keys);
    $value = str_repeat('y', 100);
    $mixed = function (array $keys) use ($value) {
        foreach ($keys as $i => $key) {
            $i % 10 === 0 ? apcu_store($key, $value) : apcu_fetch($key);
        }
    };
    $loops = [
        'fetch' => function (int $process) use ($keys) {
            foreach ($keys as $key) {
                apcu_fetch($key);
            }
        },
        'mixed' => fn (int $process) => $mixed($keys),
        'own' => function (int $process) use ($keys, $mixed) {
            static $own = [];
            $mixed($own[$process] ??= array_map(fn ($i) => $i % 10 === 0 ? "of $process: $i" : $keys[$i], array_keys($keys)));
        },
        'alone' => function (int $process) use ($keys) {
            foreach ($keys as $key) {
                crc32($key);
            }
        },
    ];
    return array_map(fn (Closure $loop) => rates($loop, $seconds), $loops);
}

/** @return array{float, float} calls a second of one process, the mean of both, and of two together */
function rates(Closure $loop, float $seconds): array
{
    $slice = 0.03;
    $workers = [worker($loop, 0), worker($loop, 1)];
    $run = function (int ...$which) use ($workers, $slice): float {
        $end = hrtime(true) + (int) ($slice * 1e9);
        foreach ($which as $process) {
            fwrite($workers[$process][1], "$end\n");
        }
        return array_sum(array_map(fn ($process) => (float) fgets($workers[$process][1]), $which));
    };
    $run(0, 1);
    [$alone, $together] = [0.0, 0.0];
    for ($rounds = 0; $rounds < $seconds / $slice; $rounds++) {
        $alone += ($run(0) + $run(1)) / 2;
        $together += $run(0, 1);
    }
    foreach ($workers as [$pid]) {
        exec("kill -KILL $pid");
        pcntl_waitpid($pid, $status);
    }
    return [$alone / $rounds, $together / $rounds];
}

/** @return array{int, resource} a child that, told until when, does $loop and answers how many calls a second those were */
function worker(Closure $loop, int $process): array
{
    [$here, $there] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $pid = pcntl_fork();
    if ($pid === 0) {
        while (($line = fgets($there)) !== false) {
            $calls = 0;
            $start = hrtime(true);
            do {
                $loop($process);
                $calls += KEYS;
            } while (($now = hrtime(true)) < (int) $line);
            fwrite($there, $calls / ($now - $start) * 1e9 . "\n");
        }
        exit;
    }
    // Where this fails (one processor, no taskset), the scheduler does as it likes.
    exec("taskset -pc $process $pid 2>&1");
    return [$pid, $here];
}

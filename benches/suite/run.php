<?php
/*
 * `make bench`: runs all parts one after the other and writes the report.
 *
 *   php -n run.php TROVE.so ENGINE REPORT [part...]     ENGINE: the binary of benches/engine; REPORT: the directory to write to
 *
 * With parts named, only those are measured; the others' results are taken from the report that is there. BENCH_QUICK=1: a smoke test of 3 minutes.
 * What is started here ends with this script.
 */

require __DIR__ . '/part.inc';
require __DIR__ . '/machine.inc';
require __DIR__ . '/servers.inc';
require __DIR__ . '/report.inc';

/** In the order of the report. */
const PARTS = ['calls', 'requests', 'processes', 'million', 'starting', 'memory', 'lines', 'simulation'];

exit(main($argv));

function main(array $argv): int
{
    [, $trove, $engine, $report] = $argv;
    $parts = array_slice($argv, 4) ?: PARTS;
    if ($unknown = array_diff($parts, PARTS)) {
        fwrite(STDERR, 'there is no part "' . implode('", "', $unknown) . '"; there are: ' . implode(', ', PARTS) . "\n");
        return 1;
    }
    $quick = (bool) getenv('BENCH_QUICK');
    $file = "$report/raw.json";
    $found = is_file($file) ? json_decode(file_get_contents($file), true) : [];
    $libraries = libraries(realpath($trove));
    $directory = directory();
    $servers = new Servers($directory);
    output_of([PHP_BINARY, __DIR__ . '/payloads.php', $directory]);
    foreach ($parts as $part) {
        $options = new Options($libraries, $directory, realpath($engine), $quick);
        $watch = new Watch();
        $answer = json_decode(output_of(php([], __DIR__ . "/$part.php", json_encode($options))), true, flags: JSON_THROW_ON_ERROR);
        $found[$part] = ['quick' => $quick, 'machine' => machine($libraries)] + $watch->stop() + $answer;
        @mkdir($report);
        file_put_contents($file, json_encode($found, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n");
    }
    $servers->stop();
    write_report($report, array_replace(array_intersect_key(array_flip(PARTS), $found), $found));
    return 0;
}

/** @return array<string, string> paths by name; what is not installed is unpacked below target/ */
function libraries(string $trove): array
{
    $libraries = ['trove' => $trove];
    foreach (['apcu', 'igbinary', 'msgpack', 'yac', 'redis', 'memcached'] as $name) {
        $libraries[$name] = trim(output_of([__DIR__ . '/../../php-tests/runner/peer.sh', $name]));
    }
    return $libraries;
}

/** A directory in memory that goes with this script. */
function directory(): string
{
    $directory = '/dev/shm/trove-bench-' . bin2hex(random_bytes(4));
    mkdir($directory, 0700);
    register_shutdown_function(fn () => exec('rm -rf ' . escapeshellarg($directory)));
    foreach ([SIGINT, SIGTERM] as $signal) {
        pcntl_async_signals(true);
        pcntl_signal($signal, fn () => exit(130), restart_syscalls: false);
    }
    return $directory;
}

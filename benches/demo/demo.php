<?php
/*
 * `make demo`: several php-fpm workers share one cache through the apcu_* functions. Starts a private php-fpm, sends
 * requests to it, prints what happened, and ends it again.
 *
 *   php -n demo.php EXTENSION.so
 */

require __DIR__ . '/../../php-tests/runner/fpm.inc';
require __DIR__ . '/stampede.inc';

const WORKERS = 4;
/** The stampede's times are divided by this. */
const SCALE = 20;
const EXPIRIES = 3;

$fpm = start($argv[1]);
introduce($fpm);

heading('1. One worker computes and stores; every other one finds it');
$first = ask($fpm, 'request');
table([$first, ...ask_everywhere($fpm)]);

heading('2. A worker is killed (SIGKILL) while it stores; nobody waits, nothing is lost');
$killed = kill_while_storing($fpm);
table(ask_everywhere($fpm), $killed);

heading('3. What a read costs: values as they are, and the same through serialize()');
show_times(ask($fpm, 'times'));

heading('4. Three times as much as fits: the least used leave, the cache is not wiped');
show_overfill(ask($fpm, 'overfill'));

$fpm->stop();
heading(sprintf('5. The stampede: %d visitors a second for a page that takes %s s to build and expires every %s s', VISITORS_A_SECOND, 5 / SCALE, 60 / SCALE));
show_stampede($argv[1]);
echo "\nphp-fpm has ended and the demo's cache is gone. To use Trove: make install\n";

function start(string $extension, int $workers = WORKERS): Fpm
{
    $settings = [
        'trove.memory' => '32M',
        'trove.segment' => 'demo',
        'trove.directory' => '{directory}',
    ];
    $extensions = [realpath($extension), ...(PHP_VERSION_ID < 80500 ? ['zend_extension=opcache'] : [])];
    return new Fpm($workers, $settings, $extensions, base: is_writable('/dev/shm') ? '/dev/shm' : null);
}

function introduce(Fpm $fpm): void
{
    echo $fpm->get('<?php
        $memory = apcu_sma_info(true);
        printf("PHP %s %s, %d workers; cache: %s %s, %d MB\n", PHP_VERSION, PHP_SAPI, ' . WORKERS . ',
            extension_loaded("trove") ? "Trove" : "APCu", phpversion(extension_loaded("trove") ? "trove" : "apcu"),
            $memory["num_seg"] * $memory["seg_size"] >> 20);');
    echo "The shop: Symfony's ApcuAdapter and router, as Debian packages them, unchanged\n";
}

/** @return array<string, mixed> one worker's answer */
function ask(Fpm $fpm, string $action): array
{
    $body = $fpm->get(__DIR__ . '/front.php', ['do' => $action, 'path' => '/product/17']);
    return decode($fpm, $body);
}

/** @return list<array<string, mixed>> the answers of all workers to the same request at the same time */
function ask_everywhere(Fpm $fpm): array
{
    $bodies = $fpm->everywhere(__DIR__ . '/front.php', ['do' => 'request', 'path' => '/product/17']);
    ksort($bodies);
    return array_map(fn (string $body): array => decode($fpm, $body), array_values($bodies));
}

function decode(Fpm $fpm, string $body): array
{
    $answer = json_decode($body, true);
    if (!is_array($answer)) {
        fwrite(STDERR, "the demo failed; a worker said:\n$body\n" . $fpm->log());
        exit(1);
    }
    return $answer;
}

/** Kills a worker in the middle of its stores and returns its process id. */
function kill_while_storing(Fpm $fpm): int
{
    $before = array_keys($fpm->everywhere('<?php'));
    $fpm->send(__DIR__ . '/front.php', ['do' => 'store']);
    usleep(200_000);
    $busiest = fn (int $a, int $b): int => cpu_time($b) <=> cpu_time($a);
    usort($before, $busiest);
    $fpm->kill($before[0]);
    usleep(200_000);
    return $before[0];
}

/** Processor time that a process has used, in clock ticks. */
function cpu_time(int $pid): int
{
    $fields = explode(' ', substr(strrchr(file_get_contents("/proc/$pid/stat"), ')'), 2));
    return (int) $fields[11] + (int) $fields[12];
}

function table(array $answers, ?int $killed = null): void
{
    $line = "  %-8s %-38s %-17s %s\n";
    printf($line, 'worker', 'answer', 'had to compute', '  request');
    foreach ($answers as $answer) {
        $computed = implode(', ', $answer['computed']) ?: '-';
        printf($line, $answer['pid'], $answer['answer'], $computed, sprintf('%6.2f ms', $answer['us'] / 1000));
    }
    if ($killed) {
        echo "  ($killed was killed; php-fpm started another one in its place)\n";
    }
}

function show_times(array $times): void
{
    $line = "  %-28s %14s %14s %10s\n";
    printf($line, 'through ApcuAdapter', 'as they are', 'serialized', 'ratio');
    foreach (['routes' => '401 compiled routes', 'products' => '2,000 products of 5 fields'] as $what => $title) {
        $plain = $times['plain'][$what];
        $serialized = $times['serialized'][$what];
        printf($line, $title, sprintf('%.1f us', $plain), sprintf('%.1f us', $serialized), sprintf('%.0f', $serialized / $plain));
    }
}

function show_overfill(array $result): void
{
    $line = "  %-20s %8d  %s\n";
    printf($line, 'pages of 4 KB stored', $result['pages'], sprintf('%d MB into %d MB', $result['pages'] >> 8, $result['size'] >> 20));
    printf($line, 'still there', $result['kept'], sprintf('%d MB', $result['kept'] >> 8));
    printf($line, 'wipes of all', $result['wipes'], '');
    printf($line, 'shop had to compute', $result['recomputed'], 'its routes or products again, while it was being visited');
}

/** The same load in three ways, each with a cache and workers of its own. */
function show_stampede(string $extension): void
{
    $ways = [
        'plain' => 'fetch, or compute and store',
        'remember' => sprintf('remember(stale: %s)', 10 / SCALE),
        'background' => sprintf('remember(stale: %s, background: true)', 10 / SCALE),
    ];
    $line = "  %-38s %8s %14s %12s %12s\n";
    printf($line, 'for ' . EXPIRIES . ' expiries, 8 workers', 'answers', 'builds each', 'kept waiting', 'slowest');
    foreach ($ways as $how => $title) {
        $fpm = start($extension, workers: 8);
        $run = stampede($fpm, $how, SCALE, EXPIRIES);
        $fpm->stop();
        $builds = implode(', ', array_map(count(...), $run->rounds));
        printf($line, $title, $run->answers, $builds, $run->kept_waiting, sprintf('%.0f ms', $run->slowest * 1000));
    }
}

function heading(string $title): void
{
    echo "\n$title\n";
}

<?php
/*
 * Trove and APCu side by side: nanoseconds per call, and their ratio.
 *
 *   php -n compare.php TROVE.so APCU.so IGBINARY.so [rounds]
 *
 * Each round starts a fresh process per candidate, in turn, so that a slow moment of the machine meets all of them. A
 * process takes, per case, the fastest of several batches, less that of an empty loop; the table shows the median of the
 * rounds. APCu runs with each of its serializers, and stands in the table with the one that is fastest in that case.
 */

const BATCHES = 15;
const BATCH_NS = 4_000_000;

if ($argv[1] === '--measure') {
    echo json_encode(measure_all());
    exit;
}
exit(main($argv));

/** What is compared: title, bar (Trove's share of APCu's time that must not be exceeded; none where there is no bar). */
function titles(): array
{
    return [
        'fetch_integer' => ['fetch an integer', 0.5],
        'fetch_string' => ['fetch a 100-byte string', 0.5],
        'fetch_small' => ['fetch a 10-key array', 0.1],
        'fetch_rows' => ['fetch 1,000 rows of 5 fields', 1 / 2000],
        'fetch_missing' => ['fetch a missing key', null],
        'exists' => ['exists', null],
        'store_rows' => ['store 1,000 rows of 5 fields', 0.6],
        'store_integer' => ['store an integer', 1.0],
        'increment' => ['inc', null],
    ];
}

function main(array $argv): int
{
    [, $trove, $apcu, $igbinary] = $argv;
    $candidates = ['trove' => ["extension=$trove"]];
    foreach (['php', 'default', 'igbinary'] as $serializer) {
        $candidates["apcu $serializer"] = ["extension=$apcu", "apc.serializer=$serializer"];
    }
    $times = [];
    for ($round = 1; $round <= (int) ($argv[4] ?? 5); $round++) {
        fwrite(STDERR, "round $round\n");
        foreach ($candidates as $candidate => $settings) {
            foreach (run([...$settings, "extension=$igbinary"]) as $case => $ns) {
                $times[$case][$candidate][] = $ns;
            }
        }
    }
    return report($times);
}

/** @return array<string, float> nanoseconds per call of each case, in a process with these settings */
function run(array $settings): array
{
    $command = [PHP_BINARY, '-n'];
    if (PHP_VERSION_ID < 80500) {
        array_unshift($settings, 'zend_extension=opcache');
    }
    array_push($settings, 'opcache.enable_cli=1', 'opcache.jit=disable', 'apc.enable_cli=1', 'apc.shm_size=64M');
    foreach ($settings as $setting) {
        array_push($command, '-d', $setting);
    }
    $process = proc_open([...$command, __FILE__, '--measure'], [1 => ['pipe', 'w']], $pipes);
    $output = stream_get_contents($pipes[1]);
    if (proc_close($process) !== 0) {
        fwrite(STDERR, 'failed with ' . implode(' ', $settings) . "\n$output\n");
        exit(1);
    }
    return json_decode($output, true, flags: JSON_THROW_ON_ERROR);
}

function report(array $times): int
{
    $median = function (array $values): float {
        sort($values);
        return $values[intdiv(count($values), 2)];
    };
    $status = 0;
    $format = "| %-28s | %9s | %9s | %-8s | %8s | %8s | %s\n";
    printf($format, 'ns per call', 'Trove', 'APCu', 'with', 'ratio', 'at most', '');
    printf($format, str_repeat('-', 28), '--------:', '--------:', '--------', '-------:', '-------:', '');
    foreach (titles() as $case => [$title, $bar]) {
        $ns = array_map($median, $times[$case]);
        $trove = $ns['trove'];
        unset($ns['trove']);
        asort($ns);
        $ratio = $trove / current($ns);
        $verdict = $bar === null || $ratio <= $bar ? '' : 'MISSED';
        $status |= $verdict !== '';
        $best = substr(key($ns), 5);
        printf($format, $title, whole($trove), whole(current($ns)), $best, ratio($ratio), $bar ? ratio($bar) : '', $verdict);
    }
    return $status;
}

function whole(float $ns): string
{
    return number_format($ns, $ns < 100 ? 1 : 0);
}

function ratio(float $ratio): string
{
    return $ratio < 0.01 ? '1/' . number_format(1 / $ratio) : sprintf('%.2f', $ratio);
}

function measure_all(): array
{
    $rows = rows();
    $small = array_combine(array_map(fn ($i) => "field_$i", range(1, 10)), range(1, 10));
    apcu_store('integer', 42);
    apcu_store('string', str_repeat('abcdefghij', 10));
    apcu_store('small', $small);
    apcu_store('rows', $rows);
    apcu_fetch('rows') === $rows && apcu_fetch('small') === $small || exit(1);

    $empty = measure(function (int $n) { for ($i = 0; $i < $n; $i++) { } });
    $cases = [
        'fetch_integer' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('integer'); } },
        'fetch_string' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('string'); } },
        'fetch_small' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('small'); } },
        'fetch_rows' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('rows'); } },
        'fetch_missing' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('missing'); } },
        'exists' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_exists('rows'); } },
        'store_rows' => function (int $n) use ($rows) { for ($i = 0; $i < $n; $i++) { apcu_store('rows', $rows); } },
        'store_integer' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_store('integer', 42); } },
        'increment' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_inc('integer'); } },
    ];
    return array_map(fn (Closure $case) => measure($case) - $empty, $cases);
}

/** Nanoseconds per iteration, of the fastest batch. */
function measure(Closure $loop): float
{
    for ($n = 1; ($ns = time_of($loop, $n)) < BATCH_NS / 2; $n *= 2) {
    }
    $n = max(1, (int) ($n * BATCH_NS / $ns));
    $best = INF;
    for ($i = 0; $i < BATCHES; $i++) {
        $best = min($best, time_of($loop, $n) / $n);
    }
    return $best;
}

function time_of(Closure $loop, int $n): int
{
    $start = hrtime(true);
    $loop($n);
    return hrtime(true) - $start;
}

/** What a database query might return. */
function rows(): array
{
    $rows = [];
    for ($i = 1; $i <= 1000; $i++) {
        $rows[] = [
            'id' => $i,
            'name' => "Customer number $i",
            'email' => "customer$i@example.org",
            'balance' => $i * 1.25,
            'active' => $i % 3 !== 0,
        ];
    }
    return $rows;
}

<?php
/*
 * Trove and APCu side by side: nanoseconds per call, and their ratio.
 *
 *   php -n compare.php TROVE.so APCU.so IGBINARY.so [rounds]
 *
 * The table shows the median of the rounds (see measure.inc). APCu runs with each of its serializers, and stands in the
 * table with the one that is fastest in that case.
 */

require __DIR__ . '/measure.inc';

if ($argv[1] === '--measure') {
    echo json_encode(measure_all(cases()));
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
        'increment' => ['inc', 0.5],
        'store_rows' => ['store 1,000 rows of 5 fields', 0.6],
        'store_small' => ['store a 10-key array', null],
        'store_string' => ['store a 100-byte string', null],
        'store_integer' => ['store an integer', 0.8],
    ];
}

function main(array $argv): int
{
    [, $trove, $apcu, $igbinary] = $argv;
    $candidates = ['trove' => ["extension=$trove", "extension=$igbinary"]];
    foreach (['php', 'default', 'igbinary'] as $serializer) {
        $candidates["apcu $serializer"] = ["extension=$apcu", "apc.serializer=$serializer", "extension=$igbinary"];
    }
    return report(in_turn(__FILE__, $candidates, (int) ($argv[4] ?? 5)));
}

function report(array $times): int
{
    $status = 0;
    $format = "| %-28s | %9s | %9s | %-8s | %8s | %8s | %s\n";
    printf($format, 'ns per call', 'Trove', 'APCu', 'with', 'ratio', 'at most', '');
    printf($format, str_repeat('-', 28), '--------:', '--------:', '--------', '-------:', '-------:', '');
    foreach (titles() as $case => [$title, $bar]) {
        $ns = array_map(median(...), $times[$case]);
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

function ratio(float $ratio): string
{
    return $ratio < 0.01 ? '1/' . number_format(1 / $ratio) : sprintf('%.2f', $ratio);
}

function cases(): array
{
    $rows = rows();
    $small = array_combine(array_map(fn ($i) => "field_$i", range(1, 10)), range(1, 10));
    apcu_store('integer', 42);
    $string = str_repeat('abcdefghij', 10);
    apcu_store('string', $string);
    apcu_store('small', $small);
    apcu_store('rows', $rows);
    apcu_fetch('rows') === $rows && apcu_fetch('small') === $small || exit(1);

    return [
        'fetch_integer' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('integer'); } },
        'fetch_string' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('string'); } },
        'fetch_small' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('small'); } },
        'fetch_rows' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('rows'); } },
        'fetch_missing' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_fetch('missing'); } },
        'exists' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_exists('rows'); } },
        // Before the stores, which take their time: a request that is older than two seconds keeps no more of what it meets.
        'increment' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_inc('integer'); } },
        'store_rows' => function (int $n) use ($rows) { for ($i = 0; $i < $n; $i++) { apcu_store('rows', $rows); } },
        'store_small' => function (int $n) use ($small) { for ($i = 0; $i < $n; $i++) { apcu_store('small', $small); } },
        'store_string' => function (int $n) use ($string) { for ($i = 0; $i < $n; $i++) { apcu_store('string', $string); } },
        'store_integer' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_store('integer', 42); } },
    ];
}


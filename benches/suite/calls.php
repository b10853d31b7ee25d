<?php
/*
 * The table of calls: every value fetched and stored with Trove and its peers; one process measures one group of values with one peer.
 *
 *   php -n ... calls.php --measure PEER GROUP DIRECTORY BATCHES     nanoseconds per call by case, as JSON
 *   php -n calls.php OPTIONS                                        starts those processes in turn (see part.inc)
 *
 * A group's fetches come before its stores and take less than two seconds in all: an older request keeps no more of what it meets.
 */

require __DIR__ . '/part.inc';
require __DIR__ . '/peers.inc';
require __DIR__ . '/values.inc';

if ($argv[1] === '--measure') {
    [, , $peer, $group, $directory, $batches] = $argv;
    echo json_encode(measure_all(cases(peer($peer, $directory), $peer, $group, $directory), (int) $batches));
    exit;
}
part(function (Options $options): array {
    $times = all_times($options);
    return [calls($times, $options->directory), $times];
});

/** @return array<string, Closure(int): void> */
function cases(Peer $peer, string $name, string $group, string $directory): array
{
    $cases = $stores = [];
    foreach (values($directory)[$group] as $key => $value) {
        if (!$peer->put($key, $value->value) || serialize($peer->get($key)) !== serialize($value->value)) {
            continue;
        }
        $cases["fetch $key"] = $peer->fetching($key);
        $stores["store $key"] = $peer->storing($key, $value->value);
    }
    if ($group === 'scalars and strings') {
        $cases += match (strtok($name, ' ')) {
            'trove', 'apcu' => [...apcu_only(), 'fetch missing' => $peer->fetching('missing')],
            'array' => ['floor' => function (int $n) { for ($i = 0; $i < $n; $i++) { gc_enabled(); } }],
            'opcache' => [],
            default => ['fetch missing' => $peer->fetching('missing')],
        };
    }
    return $cases + array_filter($stores);
}

/** What the peers have not got in this form. */
function apcu_only(): array
{
    apcu_store('counter', 1);
    $keys = array_map(fn ($i) => "bulk $i", range(1, 128));
    foreach ($keys as $i => $key) {
        apcu_store($key, str_repeat('x', 100));
    }
    $few = array_slice($keys, 0, 32);
    $single = fn (array $keys) => function (int $n) use ($keys) {
        for ($i = 0; $i < $n; $i++) {
            $found = [];
            foreach ($keys as $key) {
                $found[$key] = apcu_fetch($key);
            }
        }
    };
    $bulk = fn (array $keys) => function (int $n) use ($keys) { for ($i = 0; $i < $n; $i++) { $found = apcu_fetch($keys); } };
    return [
        'exists' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_exists('integer'); } },
        'increment' => function (int $n) { for ($i = 0; $i < $n; $i++) { apcu_inc('counter'); } },
        'bulk 32' => $bulk($few),
        'singly 32' => $single($few),
        'bulk 128' => $bulk($keys),
        'singly 128' => $single($keys),
    ];
}

/** @return array<string, array<string, list<float>>> nanoseconds by case and peer, round by round */
function all_times(Options $options): array
{
    $candidates = candidates($options->libraries);
    $times = [];
    for ($round = 1; $round <= $options->rounds(7); $round++) {
        progress("calls: round $round");
        foreach (array_keys(values($options->directory)) as $group) {
            foreach ($candidates as $peer => $settings) {
                $settings[] = 'opcache.memory_consumption=128';
                array_push($settings, 'opcache.validate_timestamps=0', 'opcache.file_update_protection=0');
                $arguments = ['--measure', $peer, $group, $options->directory, $options->quick ? 3 : 12];
                foreach (run(__FILE__, $settings, $arguments) as $case => $ns) {
                    $times[$case][$peer][] = $ns;
                }
            }
        }
    }
    return $times;
}

/** @return list<Row> */
function calls(array $times, string $directory): array
{
    $rows = [];
    foreach (['fetch', 'store'] as $what) {
        foreach (values($directory) as $group => $values) {
            foreach ($values as $key => $value) {
                $rows[] = against_apcu("$what: $group", "$what $value->title", $times["$what $key"], $value->$what, $times['floor']);
            }
            if ($what === 'fetch' && $group === 'scalars and strings') {
                $rows[] = against_apcu("$what: $group", 'fetch a missing key', $times['fetch missing'], 0.4, $times['floor']);
                $rows[] = against_apcu("$what: $group", 'exists', $times['exists'], 0.4, $times['floor']);
                $rows[] = against_apcu("$what: $group", 'inc', $times['increment'], 0.5, $times['floor']);
            }
        }
    }
    foreach ([32, 128] as $keys) {
        $ratios = array_map(fn ($bulk, $singly) => $bulk / $singly, $times["bulk $keys"]['trove'], $times["singly $keys"]['trove']);
        $rows[] = new Row('bulk', "fetch $keys keys at once, against one by one", spread($ratios), '', 0.7);
    }
    return $rows;
}

/** Trove's time as a share of that of APCu with the serializer that is fastest here; and the others' times, likewise. */
function against_apcu(string $section, string $title, array $times, float $bar, array $floor): Row
{
    $apcu = array_filter($times, fn ($peer) => str_starts_with($peer, 'apcu'), ARRAY_FILTER_USE_KEY);
    $medians = array_map(median(...), $apcu);
    asort($medians);
    $best = key($medians);
    $share = fn (array $of) => spread(array_map(fn ($ns, $of) => $ns / $of, $of, $apcu[$best]));
    $others = [];
    foreach (array_diff_key($times, $apcu) as $peer => $ns) {
        $others[$peer] = $share($ns)[0];
    }
    unset($others['trove']);
    $others['empty function'] = $share($floor['array'])[0];
    return new Row($section, $title, $share($times['trove']), '', $bar, substr($best, 5), [
        'ns' => ['trove' => median($times['trove']), 'apcu' => current($medians)],
        'others' => $others,
    ]);
}

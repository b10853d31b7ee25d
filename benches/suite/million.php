<?php
/*
 * Invalidating a tag that a million entries have, and flushing a named cache of as many. Each time all entries are stored anew before.
 *
 *   php -n ... million.php --measure ENTRIES ROUNDS     microseconds, as JSON
 */

require __DIR__ . '/part.inc';

if ($argv[1] === '--measure') {
    echo json_encode(measured((int) $argv[2], (int) $argv[3]));
    exit;
}
part(function (Options $options): array {
    progress('million');
    $entries = $options->quick ? 100_000 : 1_000_000;
    $settings = ["extension={$options->libraries['trove']}", 'apc.enable_cli=1', 'trove.memory=384M', "apc.entries_hint=$entries"];
    $us = json_decode(output_of(php($settings, __FILE__, '--measure', $entries, $options->rounds(5))), true);
    $titles = ['invalidateTags' => 'invalidating the tag of %s entries', 'flush' => 'flushing a cache of %s entries'];
    $rows = [];
    foreach ($titles as $what => $title) {
        $rows[] = new Row('a million entries at once', sprintf($title, number_format($entries)), spread($us[$what]), 'us', 50);
    }
    return [$rows, $us];
});

/** @return array<string, list<float>> */
function measured(int $entries, int $rounds): array
{
    $cache = new Trove\Cache('bench');
    $operations = ['invalidateTags' => fn () => $cache->invalidateTags(['all']), 'flush' => fn () => $cache->flush()];
    $times = [];
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($operations as $what => $operation) {
            for ($i = 0; $i < $entries; $i++) {
                $cache->store("entry $i", $i, tags: ['all']);
            }
            count($cache) === $entries || exit(1);
            $start = hrtime(true);
            $operation();
            $times[$what][] = (hrtime(true) - $start) / 1000;
            $cache->has('entry 0') && exit(1);
        }
    }
    return $times;
}

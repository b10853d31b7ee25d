<?php
/*
 * Bytes of an entry: what many entries take from the cache's free memory, divided by their number.
 *
 *   php -n ... memory.php --measure     bytes by case, as JSON
 */

require __DIR__ . '/part.inc';

if ($argv[1] === '--measure') {
    echo json_encode(measured());
    exit;
}
part(function (Options $options): array {
    progress('memory');
    $libraries = $options->libraries;
    $ways = [
        'Trove' => ["extension=$libraries[trove]", 'trove.caches=compressed compress:1K'],
        'Trove, php' => ["extension=$libraries[trove]", 'apc.serializer=php'],
        'Trove, igbinary' => ["extension=$libraries[igbinary]", "extension=$libraries[trove]", 'apc.serializer=igbinary'],
        'APCu, default' => ["extension=$libraries[apcu]", 'apc.serializer=default'],
        'APCu, php' => ["extension=$libraries[apcu]", 'apc.serializer=php'],
        'APCu, igbinary' => ["extension=$libraries[igbinary]", "extension=$libraries[apcu]", 'apc.serializer=igbinary'],
    ];
    $bytes = array_map(fn ($settings) => run(__FILE__, $settings), $ways);
    $section = 'memory';
    $one = fn (float $value) => [$value, $value, $value];
    $apcu = 'APCu: ' . round($bytes['APCu, php']['integer']);
    $rows = [new Row($section, 'an entry of a 16-byte key and an integer', $one($bytes['Trove']['integer']), 'bytes', 96, $apcu)];
    foreach (['APCu, default' => 0.8, 'APCu, php' => null, 'APCu, igbinary' => null] as $to => $bar) {
        $rows[] = new Row($section, "1,000 rows of 5 fields, against $to", $one($bytes['Trove']['rows'] / $bytes[$to]['rows']), '', $bar);
    }
    foreach (['php', 'igbinary'] as $serializer) {
        $ratio = $bytes["Trove, $serializer"]['rows'] / $bytes["APCu, $serializer"]['rows'];
        $rows[] = new Row($section, "the same, both with $serializer", $one($ratio));
    }
    $ratio = $bytes['Trove']['compressed'] / $bytes['APCu, igbinary']['rows'];
    $rows[] = new Row($section, 'the same in a cache with `compress`, against APCu, igbinary', $one($ratio));
    return [$rows, $bytes];
});

/** @return array<string, float> */
function measured(): array
{
    $free = fn () => apcu_sma_info(true)['avail_mem'];
    $each = function (int $count, Closure $store) use ($free) {
        $before = $free();
        for ($i = 0; $i < $count; $i++) {
            $store(sprintf('%016d', $i)) || exit(1);
        }
        return ($before - $free()) / $count;
    };
    $rows = rows();
    $bytes = [
        'integer' => $each(100_000, fn ($key) => apcu_store("i" . substr($key, 1), 42)),
        'rows' => $each(50, fn ($key) => apcu_store("r" . substr($key, 1), $rows)),
    ];
    if (ini_get('trove.caches')) {
        $cache = new Trove\Cache('compressed');
        $bytes['compressed'] = $each(50, fn ($key) => $cache->store($key, $rows));
    }
    return $bytes;
}

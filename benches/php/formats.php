<?php
/*
 * What the ways of storing a value cost: bytes of an entry, and nanoseconds of a fetch.
 *
 *   php -n formats.php TROVE.so APCU.so IGBINARY.so [rounds]
 *
 * Medians of the rounds (see measure.inc), as two tables.
 */

require __DIR__ . '/measure.inc';

if ($argv[1] === '--measure') {
    echo json_encode(measured());
    exit;
}
main($argv);

/** What is stored, by title. */
function values(): array
{
    return [
        'an integer' => 42,
        '11 KB of text' => str_repeat('Eleven bytes', 938),
        '1,000 integers' => range(1, 1000),
        '1,000 rows of 5 fields' => rows(),
        '1,000 objects of 3 properties' => array_map(fn ($i) => new Point($i, -$i, "point $i"), range(1, 1000)),
    ];
}

class Point
{
    public function __construct(public int $x, public int $y, public string $label)
    {
    }
}

function main(array $argv): void
{
    [, $trove, $apcu, $igbinary] = $argv;
    $candidates = [
        'Trove' => ["extension=$trove"],
        'with `php`' => ["extension=$trove", 'apc.serializer=php'],
        'with `igbinary`' => ["extension=$igbinary", "extension=$trove", 'apc.serializer=igbinary'],
        "APCu, `php`" => ["extension=$apcu", 'apc.serializer=php'],
        "APCu, `igbinary`" => ["extension=$apcu", "extension=$igbinary", 'apc.serializer=igbinary'],
    ];
    $found = in_turn(__FILE__, $candidates, (int) ($argv[4] ?? 7));
    foreach (['bytes' => 'bytes of one entry', 'ns' => 'ns per fetch'] as $what => $title) {
        printf("| %s | %s |\n|---|%s\n", $title, implode(' | ', array_keys($candidates)), str_repeat('--:|', count($candidates)));
        foreach ($found as $case => $rounds) {
            $cells = array_map(fn ($of) => number_format(median(array_column($of, $what))), $rounds);
            printf("| %s | %s |\n", $case, implode(' | ', $cells));
        }
        echo "\n";
    }
}

/** @return array<string, array{bytes: int, ns: float}> */
function measured(): array
{
    $loops = [];
    foreach (values() as $title => $value) {
        apcu_store($title, $value);
        apcu_fetch($title) == $value || exit(1);
        $loops[$title] = function (int $n) use ($title) { for ($i = 0; $i < $n; $i++) { apcu_fetch($title); } };
    }
    $bytes = array_column(apcu_cache_info()['cache_list'], 'mem_size', 'info');
    $ns = measure_all($loops);
    return array_map(fn ($title) => ['bytes' => $bytes[$title], 'ns' => $ns[$title]], array_combine(array_keys($ns), array_keys($ns)));
}

<?php
/*
 * What Trove costs where it is loaded and not used: PHP's start, and each request. And attaching to a large segment that is there and full.
 *
 *   php -n ... starting.php --fill MEGABYTES     fills the cache with as much
 */

require __DIR__ . '/part.inc';

if ($argv[1] === '--fill') {
    for ($i = 0; $i < (int) $argv[2]; $i++) {
        apcu_store("large $i", str_repeat(chr(65 + $i % 26), (1 << 20) - 200)) || exit(1);
    }
    exit;
}
part(function (Options $options): array {
    $megabytes = size($options);
    mkdir($directory = "$options->directory/starting", 0700);
    $trove = ["extension={$options->libraries['trove']}", "trove.directory=$directory", 'trove.segment=bench', "trove.memory={$megabytes}M"];
    progress("starting: filling a segment of $megabytes MB");
    output_of(php($trove, __FILE__, '--fill', (int) ($megabytes * 0.95)));
    $measured = [
        'attach' => attach($options, glob("$directory/trove-*")[0]),
        'start' => starts($options, $trove),
        'request' => requests($options, $trove),
    ];
    array_map(unlink(...), glob("$directory/*"));
    rmdir($directory);
    return [rows_of($measured, $megabytes), $measured];
});

/** @return list<Row> */
function rows_of(array $measured, int $megabytes): array
{
    $section = 'loaded and unused';
    $more = fn (string $of, string $with) => spread(array_map(fn ($a, $b) => $a - $b, $measured[$of][$with], $measured[$of]['without']));
    $cpu = "processors' time";
    $size = sprintf('%s GB', round($megabytes / 1024, 1));
    return [
        new Row($section, "attach to a warm segment of $size", spread($measured['attach']), 'us', 1000),
        new Row($section, "start PHP with the extension, segment of $size: more than without", $more('start', 'with'), 'us', 500, $cpu),
        new Row($section, 'the same, switched off (trove.enabled=0)', $more('start', 'off'), 'us', null, $cpu),
        new Row($section, 'a request of php-cgi that uses no cache: more than without', $more('request', 'with'), 'us', 1, $cpu),
    ];
}

/** 4 GB, or what the machine has to spare. */
function size(Options $options): int
{
    preg_match('/^MemAvailable:\s*(\d+) kB/m', file_get_contents('/proc/meminfo'), $match);
    $spare = min(intdiv((int) $match[1], 1024), intdiv((int) disk_free_space($options->directory), 1 << 20));
    return $options->quick ? 256 : min(4096, intdiv($spare, 2));
}

/** Microseconds of each time that a process attaches: opening, checking, mapping, and its slot. */
function attach(Options $options, string $segment): array
{
    return json_decode(output_of([$options->engine, 'attach', $segment, (string) $options->rounds(200)]), true);
}

/** Microseconds of the processors' time to start PHP and end it again. */
function starts(Options $options, array $trove): array
{
    $ways = ['without' => [], 'with' => [...$trove, 'trove.enable_cli=1'], 'off' => [...$trove, 'trove.enabled=0']];
    $us = [];
    for ($round = 0; $round < $options->rounds(300); $round++) {
        foreach ($ways as $way => $settings) {
            $us[$way][] = used(fn () => output_of(php($settings, '-r', '')));
        }
    }
    return $us;
}

/** Microseconds of the processors' time for a request, many in one process of php-cgi. */
function requests(Options $options, array $trove): array
{
    $script = "$options->directory/empty.php";
    file_put_contents($script, '<?php');
    $opcache = PHP_VERSION_ID < 80500 ? ['zend_extension=opcache'] : [];
    [$few, $many] = [1000, $options->quick ? 5000 : 21_000];
    $us = [];
    for ($round = 0; $round < $options->rounds(15); $round++) {
        progress("starting: round $round");
        foreach (['without' => [], 'with' => $trove] as $way => $settings) {
            $requests = function (int $count) use ($settings, $opcache, $script) {
                $command = php([...$settings, ...$opcache], '-q', "-T$count", $script);
                $command[0] = dirname(PHP_BINARY) . '/php-cgi';
                return used(fn () => output_of($command));
            };
            // The difference is without the process's start.
            $us[$way][] = ($requests($many) - $requests($few)) / ($many - $few);
        }
    }
    return $us;
}

/** Microseconds of the processors' time that the processes took which were started meanwhile; waiting for a processor does not count. */
function used(Closure $run): float
{
    $time = function () {
        $usage = getrusage(1);
        return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1e6 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
    };
    $before = $time();
    $run();
    return $time() - $before;
}

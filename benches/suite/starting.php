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
    $size = sprintf('%s GB', round($megabytes / 1024, 1));
    return [
        new Row($section, "attach to a warm segment of $size", spread($measured['attach']), 'us', 1000),
        new Row($section, "start PHP with the extension, segment of $size: more than without", $more('start', 'with'), 'us', 500,
            'as much as loading an extension that does nothing of its size takes is in it'),
        new Row($section, 'the same, switched off (trove.enabled=0)', $more('start', 'off'), 'us'),
        new Row($section, 'a request of php-cgi that uses no cache: more than without', $more('request', 'with'), 'us', 1),
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

/** Microseconds to start PHP and end it again. */
function starts(Options $options, array $trove): array
{
    $ways = ['without' => [], 'with' => [...$trove, 'trove.enable_cli=1'], 'off' => [...$trove, 'trove.enabled=0']];
    $us = [];
    for ($round = 0; $round < $options->rounds(300); $round++) {
        foreach ($ways as $way => $settings) {
            $command = php($settings, '-r', '');
            $start = hrtime(true);
            output_of($command);
            $us[$way][] = (hrtime(true) - $start) / 1000;
        }
    }
    return $us;
}

/** Microseconds of a request, many in one process of php-cgi. */
function requests(Options $options, array $trove): array
{
    $script = "$options->directory/empty.php";
    file_put_contents($script, '<?php');
    $opcache = PHP_VERSION_ID < 80500 ? ['zend_extension=opcache'] : [];
    $count = $options->quick ? 2000 : 20_000;
    $us = [];
    for ($round = 0; $round < $options->rounds(15); $round++) {
        progress("starting: round $round");
        foreach (['without' => [], 'with' => $trove] as $way => $settings) {
            $command = php([...$settings, ...$opcache], '-q', "-T1000,$count", $script);
            $command[0] = dirname(PHP_BINARY) . '/php-cgi';
            $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['pipe', 'w']], $pipes);
            preg_match('/Elapsed time:\s*([\d.]+) sec/', $said = stream_get_contents($pipes[2]), $match) || exit("php-cgi: $said");
            proc_close($process);
            $us[$way][] = $match[1] / $count * 1e6;
        }
    }
    return $us;
}

<?php
/*
 * Which cache lines of the segment an operation writes: from Valgrind's trace of every store that the engine makes (see benches/engine/lines.rs).
 * A line of the process's own slot is written by nobody else, all others are shared.
 */

require __DIR__ . '/part.inc';

const OWN = 'own slot';

part(function (Options $options): array {
    progress('lines');
    $lines = traced($options);
    $rows = [];
    foreach ($lines as $operation => $times) {
        $shared = array_map(fn ($parts) => array_sum(array_diff_key($parts, [OWN => 0])), $times);
        $bar = str_contains($operation, 'hot') ? 0 : null;
        $rows[] = new Row('shared cache lines that are written', $operation, spread($shared), 'lines', $bar, parts($times));
    }
    return [$rows, $lines];
});

/** @return array<string, list<array<string, int>>> for each time of each operation, the number of lines written in each part of the segment */
function traced(Options $options): array
{
    $said = "$options->directory/lines.txt";
    $command = ['valgrind', '--tool=lackey', '--trace-mem=yes', '--log-fd=9', $options->engine, 'lines'];
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', $said, 'w'], ['file', '/dev/null', 'w'], 9 => ['pipe', 'w']], $pipes);
    [$marks, $parts, $found, $current, $seen] = [[], [], [], null, []];
    for ($stores = 0; ($line = fgets($pipes[9])) !== false; ) {
        // " S 1ffefffe80,8" is a store, " M ..." a load and a store.
        if ($line[0] !== ' ' || $line[1] !== 'S' && $line[1] !== 'M') {
            continue;
        }
        // The engine says where everything is long before the first operation.
        if (!$parts && $stores++ % 1000 === 0) {
            [$marks, $parts] = layout($said);
        }
        $address = hexdec(substr($line, 3, strpos($line, ',') - 3));
        if (isset($marks[$address])) {
            if ($current !== null) {
                $found[$current][] = array_map(count(...), $seen);
            }
            $seen = [];
            $current = $marks[$address] === 'nothing' ? null : $marks[$address];
        } elseif ($current !== null && ($part = part_of($parts, $address))) {
            $seen[$part][$address >> 6] = true;
        }
    }
    return proc_close($process) === 0 && $found ? $found : throw new RuntimeException('valgrind, or the engine under it, failed');
}

/** @return array{array<int, string>, array<string, array{int, int}>} operations by their marks' addresses; parts of the segment, from and to */
function layout(string $file): array
{
    $text = file_get_contents($file);
    if (!str_contains($text, "entries\n")) {
        return [[], []];
    }
    [$marks, $parts] = [[], []];
    foreach (explode("\n", trim($text)) as $line) {
        $words = explode(' ', $line, 2);
        if ($words[0] === 'mark') {
            [$address, $name] = explode(' ', $words[1], 2);
            $marks[hexdec($address)] = $name;
        } else {
            [$from, $to, $name] = explode(' ', $words[1], 3);
            $parts[$name] = [hexdec($from), hexdec($to)];
        }
    }
    return [$marks, $parts];
}

function part_of(array $parts, int $address): ?string
{
    foreach ($parts as $name => [$from, $to]) {
        if ($address >= $from && $address < $to) {
            return $name;
        }
    }
    return null;
}

/** The usual number of lines in each part, in words. */
function parts(array $times): string
{
    $names = array_keys(array_merge(...$times));
    $usual = array_map(fn ($name) => median(array_map(fn ($parts) => $parts[$name] ?? 0, $times)), array_combine($names, $names));
    return implode(', ', array_map(fn ($name, $lines) => "$name $lines", array_keys(array_filter($usual)), array_filter($usual)));
}

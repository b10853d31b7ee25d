<?php
/*
 * Guards the hot paths: how many instructions a call takes, which does not depend on what else the machine does, against the bounds in
 * instructions.txt. Valgrind counts a loop of calls at two lengths; the difference, less that of an empty loop, is the calls'.
 *
 *   php -n instructions.php TROVE.so
 *
 * The counts hang on the build of PHP and on the processor's kind, so they are compared where the bounds were taken: PHP 8.2 on x86-64.
 */

const CALLS = 8000;
const LENGTHS = [2000, 2000 + CALLS];

/** The start of a process takes some more at times: what is over its bound is counted again, and the least of each length is taken. */
const TRIES = 5;

/** Not among what all cases start with: more objects there move what the others meet. */
const STORAGE = '$storage = new SplObjectStorage; foreach (range(1, 5) as $n) { $storage[new Customer] = "datum $n"; }';

const CASES = [
    'empty loop' => '',
    'fetch an integer' => 'apcu_fetch("integer");',
    'fetch a 10-key array' => 'apcu_fetch("array");',
    'fetch a missing key' => 'apcu_fetch("missing");',
    'fetch an object' => 'apcu_fetch("object");',
    'fetch 10 keys at once' => 'apcu_fetch($keys);',
    'fetch from a named cache' => '$cache->fetch("plain");',
    'the same with 3 tags' => '$cache->fetch("tagged");',
    'store an integer' => 'apcu_store("integer", $i);',
    'store a 100-byte string' => 'apcu_store("string", $string);',
    'store a 10-key array' => 'apcu_store("array", $array);',
    'store 10 rows' => 'apcu_store("rows", $rows);',
    'store an object' => 'apcu_store("customer", $customer);',
    'store a date' => 'apcu_store("date", $date ??= new DateTimeImmutable("2024-05-06 07:08:09.123456 Europe/Berlin"));',
    'store a storage of 5' => 'if ($i === 0) { ' . STORAGE . ' } apcu_store("storage", $storage);',
    'increment' => 'apcu_inc("counter");',
];

exit(main($argv[1]));

function main(string $extension): int
{
    if (PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION !== '8.2' || PHP_ZTS || PHP_DEBUG || php_uname('m') !== 'x86_64') {
        $kind = (PHP_ZTS ? ', thread-safe' : '') . (PHP_DEBUG ? ', debug' : '');
        printf("instruction counts: left out, the bounds are those of a usual PHP 8.2 on x86_64; this is %s%s on %s\n", PHP_VERSION, $kind, php_uname('m'));
        return 0;
    }
    $bounds = bounds(__DIR__ . '/instructions.txt');
    $least = [];
    $exceeded = [];
    foreach (CASES as $case => $call) {
        for ($try = 1; $try <= TRIES; $try++) {
            $least[$case] = array_map(min(...), counted($extension, $call), $least[$case] ?? [PHP_INT_MAX, PHP_INT_MAX]);
            $count = calls($least[$case]) - ($case === 'empty loop' ? 0 : calls($least['empty loop']));
            if ($case === 'empty loop' || $count <= $bounds[$case]) {
                break;
            }
        }
        if ($case === 'empty loop') {
            continue;
        }
        $verdict = $count > $bounds[$case] ? 'TOO MANY' : ($count < 0.9 * $bounds[$case] ? 'fewer by a tenth: lower the bound' : '');
        printf("%-22s %6.0f instructions, at most %6d  %s\n", $case, $count, $bounds[$case], $verdict);
        if ($count > $bounds[$case]) {
            $exceeded[] = sprintf('%s takes %.0f instructions, %.1f%% more than its bound', $case, $count, ($count / $bounds[$case] - 1) * 100);
        }
    }
    if ($exceeded) {
        echo "\n", implode("\n", $exceeded), "\n";
        echo "Find what made it slower (valgrind --tool=callgrind, callgrind_annotate); or, if it is worth it, raise the bound in\n";
        echo "benches/php/instructions.txt and say there why.\n";
    }
    return $exceeded ? 1 : 0;
}

/** @return array<string, int> */
function bounds(string $file): array
{
    $bounds = [];
    foreach (preg_grep('/^[^#\s]/', file($file)) as $line) {
        [$count, $case] = explode(' ', trim($line), 2);
        $bounds[trim($case)] = (int) $count;
    }
    if ($missing = array_diff(array_keys(CASES), ['empty loop'], array_keys($bounds))) {
        exit("$file has no bound for: " . implode(', ', $missing) . "\n");
    }
    return $bounds;
}

/** Instructions of one call, from those of processes of both lengths. */
function calls(array $of): float
{
    return ($of[1] - $of[0]) / CALLS;
}

/** @return array{int, int} instructions of whole processes with so many calls as LENGTHS says; both run at once */
function counted(string $extension, string $call): array
{
    $running = array_map(fn (int $calls) => start($extension, $call, $calls), LENGTHS);
    $counts = [];
    foreach ($running as [$process, $pipe]) {
        $said = stream_get_contents($pipe);
        $status = proc_close($process);
        if ($status !== 0 || !preg_match('/Collected : (\d+)/', $said, $match)) {
            fwrite(STDERR, "instruction counts: valgrind failed with status $status on \"$call\":\n$said");
            exit(1);
        }
        $counts[] = (int) $match[1];
    }
    return $counts;
}

/** @return array{resource, resource} the process, and what valgrind says */
function start(string $extension, string $call, int $calls): array
{
    $code = <<<PHP
        \$array = array_combine(array_map(fn (\$i) => "field_\$i", range(1, 10)), range(1, 10));
        \$string = str_repeat('abcdefghij', 10);
        \$rows = array_map(fn (\$i) => ['id' => \$i, 'name' => "name \$i", 'active' => \$i % 3 !== 0], range(1, 10));
        class Customer { public \$id = 1; public \$name = 'a name'; protected \$email = 'name@example.org'; private \$active = true; public \$balance = 1.25; }
        \$customer = new Customer;
        apcu_store('counter', 1);
        apcu_store('integer', 1);
        apcu_store('array', \$array);
        class Entity { public int \$id = 1; public \$name = 'name'; protected \$list = [1]; private ?float \$number = 1.5; public \$null; }
        apcu_store('object', new Entity);
        apcu_store(array_combine(\$keys = range('a', 'j'), array_fill(0, 10, 'a string')));
        \$cache = new Trove\\Cache('bench');
        \$cache->store('plain', 'a string');
        \$cache->store('tagged', 'a string', tags: ['a', 'b', 'c']);
        for (\$i = 0; \$i < $calls; \$i++) { $call }
        PHP;
    // zero_copy=on: a request that is old, as it may be under Valgrind, would else keep no more of what it meets.
    $settings = ["extension=$extension", 'apc.enable_cli=1', 'trove.memory=16M', 'trove.zero_copy=on'];
    $command = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', PHP_BINARY, '-n'];
    foreach ($settings as $setting) {
        array_push($command, '-d', $setting);
    }
    $null = ['file', '/dev/null', 'r+'];
    $process = proc_open([...$command, '-r', $code], [$null, $null, ['pipe', 'w']], $pipes);
    return [$process, $pipes[2]];
}

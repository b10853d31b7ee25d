<?php
/*
 * The long form of the tests that look for hangs, damage and loss: `make soak`. Repeats what `make test` does in a short form, with other seeds,
 * and ends with a table of what was run, how often, and what was found. docs/reliability.md says what each row proves.
 *
 *   php -n soak.php --extension=PATH [--values=1000000] [--kills=20000] [--fuzz=10000000] [--fuzz-seconds=0] [--repeat=20] [--debug=PHP,EXTENSION]
 *
 * A count of 0 leaves a row out. --debug runs a tenth of the values on a debug build of PHP as well. Each finding is written at once, with the seed.
 */

require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/hostile.inc';
require __DIR__ . '/fpm.inc';

$options = getopt('', ['extension:', 'values:', 'kills:', 'fuzz:', 'fuzz-seconds:', 'repeat:', 'debug:', 'inside:'])
    + ['values' => 1_000_000, 'kills' => 20_000, 'fuzz' => 10_000_000, 'fuzz-seconds' => 0, 'repeat' => 20, 'debug' => '', 'inside' => ''];
isset($options['extension']) || exit("soak: --extension is missing\n");
extension_loaded('trove') ? inside($options) : outside($options);

/** Starts the steps in order, each in a process that has the extension and a segment of its own, and makes the table. */
function outside(array $options): never
{
    $steps = ['values' => 'values', 'debug values' => 'debug', 'workers killed' => 'kills', 'processes killed' => 'kills', 'the other tests' => 'repeat',
        'mutated segments' => 'fuzz', 'fuzzed segments' => 'fuzz'];
    $table = [];
    $found = 0;
    foreach ($steps as $step => $count) {
        if (!$options[$count]) {
            continue;
        }
        $start = hrtime(true);
        echo "== $step\n";
        [$did, $findings] = match ($step) {
            'mutated segments' => cargo_test('hostile_segment', ['TROVE_HOSTILE_RUNS' => max(1, intdiv($options['fuzz'], 100)), 'TROVE_HOSTILE_SEED' => mt_rand()]),
            'fuzzed segments' => fuzz((int) $options['fuzz'], (int) $options['fuzz-seconds']),
            'the other tests' => tests($options),
            'processes killed' => tests(['repeat' => max(1, intdiv($options['kills'], 1_000))] + $options, ['processes/kill_500_times.phpt'], '%d times 500 kills'),
            default => started_inside($step, $options),
        };
        $table[] = sprintf('%-18s %-52s %9d found %7d s', $step, $did, count($findings), (hrtime(true) - $start) / 1e9);
        array_map(fn (string $finding) => print("FOUND in $step: $finding\n"), $findings);
        $found += count($findings);
    }
    echo "\n", implode("\n", $table), "\n";
    exit($found ? 1 : 0);
}

/** @return array{string, list<string>} what was done, and the findings */
function started_inside(string $step, array $options): array
{
    [$php, $extension] = $step === 'debug values' ? explode(',', $options['debug']) : [PHP_BINARY, $options['extension']];
    $directory = own_directory();
    $settings = "-n -d extension=$extension -d apc.enable_cli=1 -d trove.segment=soak -d trove.directory=$directory -d trove.memory=256M -d memory_limit=-1";
    $environment = ['TEST_PHP_EXTRA_ARGS' => $settings] + getenv();
    $command = [$php, ...explode(' ', $settings), __FILE__, "--inside=$step"];
    foreach ($options as $name => $value) {
        $name === 'inside' || $command[] = "--$name=$value";
    }
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => STDERR], $pipes, null, $environment);
    [$did, $findings] = ['died', []];
    while (($line = fgets($pipes[1])) !== false) {
        if (preg_match('/^done: (.*)/', $line, $match)) {
            $did = $match[1];
        } else {
            $findings[] = rtrim($line);
        }
    }
    proc_close($process) === 0 || $findings[] = "the step died after: $did";
    array_map(unlink(...), glob("$directory/*"));
    return [$did, $findings];
}

/** A step, in its process: prints findings, a line each, and what was done. */
function inside(array $options): void
{
    match ($options['inside']) {
        'values' => values((int) $options['values'], 20),
        'debug values' => values(max(1, intdiv((int) $options['values'], 10)), 20),
        'workers killed' => workers_killed(intdiv((int) $options['kills'], 2)),
    };
}

function values(int $wanted, int $programs): void
{
    [$compared, $all, $left_out] = [0, 0, 0];
    for ($seed = mt_rand(0, 1 << 29); $compared < $wanted; $seed += $programs, $all += $programs) {
        $result = hostile_round($seed, $programs, $left_out);
        is_int($result) ? $compared += $result : print("from program $seed on: " . strtr($result, "\n", ' ') . "\n");
    }
    echo "done: $compared values", $left_out ? ", $left_out of $all programs left out" : '', "\n";
}

function workers_killed(int $wanted): void
{
    require __DIR__ . '/../support/fpm_settings.inc';
    require __DIR__ . '/../support/storm.inc';
    [$kills, $operations, $slowest, $blocked, $hung] = [0, 0, 0.0, 0.0, 0.0];
    while ($kills < $wanted) {
        $fpm = new Fpm(workers: 4, ini: fpm_settings('8M') + ['display_errors' => '1', 'html_errors' => '0']);
        $seed = mt_rand();
        $result = storm_of_kills($fpm, min(500, $wanted - $kills), $seed);
        foreach ($result['faults'] as $fault) {
            echo "seed $seed: $fault\n";
        }
        if (preg_match('/signal (?!9\b)\d+|exited with code/', $fpm->log(), $match)) {
            echo "seed $seed: a worker died by itself: $match[0]\n";
        }
        $fpm->stop();
        $kills += $result['kills'];
        $operations += $result['operations'];
        $slowest = max($slowest, $result['slowest_ms']);
        $blocked = max($blocked, $result['blocked_ms']);
        $hung = max($hung, $result['hung_ms']);
        $result['hung_ms'] < 100 || print("seed $seed: somebody waited for $result[hung_ms] ms longer than processors were lacking\n");
    }
    printf("done: %d kills, %d operations, slowest %.0f ms, blocked %.0f ms, hung %.0f ms\n", $kills, $operations, $slowest, $blocked, $hung);
}

/** @return array{string, list<string>} */
function tests(array $options, array $names = ['soak', 'processes/killed_at_random.phpt', 'cache/tags_killed_at_random.phpt', 'remember/killed_at_random.phpt',
    'locks', 'lifetime', 'eviction/while_values_are_held.phpt', 'copy-on-write/random_programs.phpt'], string $did = '%d tests passed'): array
{
    $paths = array_map(fn (string $name): string => dirname(__DIR__) . "/$name", $names);
    [$passed, $findings] = [0, []];
    for ($i = 0; $i < $options['repeat']; $i++) {
        $command = [PHP_BINARY, '-n', __DIR__ . '/suite.php', '--quiet', '--name=soak', "--extension=$options[extension]", '--limit=3600', ...$paths];
        $output = (string) shell_exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1');
        preg_match('/^soak: (\d+) passed, (\d+) failed/m', $output, $match);
        $passed += (int) ($match[1] ?? 0);
        if (($match[2] ?? '1') !== '0') {
            $findings[] = "round $i: " . substr($output, -3_000);
        }
    }
    return [sprintf($did, $passed), $findings];
}

/** @return array{string, list<string>} */
function cargo_test(string $test, array $environment): array
{
    $variables = implode(' ', array_map(fn (string $name, int $value): string => "$name=$value", array_keys($environment), $environment));
    exec("$variables cargo test --release -q -p trove-shm --test $test -- --nocapture 2>&1", $lines, $status);
    // Behind the dots of the tests that have passed by then.
    preg_match('/\d+ refused.*/', implode("\n", $lines), $did);
    return [$did[0] ?? 'died', $status === 0 ? [] : ["$variables: " . implode(' ', array_slice($lines, 0, 20))]];
}

/** @return array{string, list<string>} */
function fuzz(int $runs, int $seconds): array
{
    exec(__DIR__ . "/fuzz.sh $runs $seconds 2>&1", $lines, $status);
    $did = preg_grep('/^Done \d+ runs/', $lines);
    $coverage = preg_grep('/ DONE +cov: /', $lines);
    preg_match('/cov: \d+/', end($coverage) ?: '', $match);
    return [(end($did) ?: 'died') . ', ' . ($match[0] ?? ''), $status === 0 ? [] : array_slice($lines, -30)];
}

<?php
/*
 * Runs a suite of .phpt files through PHP's own run-tests.php against one extension, and judges the result.
 *
 *   php -n suite.php --name=NAME --extension=PATH [options] FILE|DIRECTORY...
 *
 *     --exceptions=FILE   what is known not to apply: lines of "TEST KIND [CONDITION] REASON"; '#' starts a comment
 *                         (may be repeated)
 *     --version=VERSION   the suite's version, for conditions
 *     --tally=FILE        append "NAME passed failed skipped" to it
 *     --ini=NAME=VALUE    one more setting for every test (may be repeated)
 *     --jobs=N            tests at a time (2)
 *     --limit=SECONDS     for the whole suite (900)
 *     --run-tests=FILE    PHP's run-tests.php (found through php-config where not given)
 *     --valgrind          run every test under valgrind's memcheck
 *     --quiet             print only what did not pass
 *
 * Kinds of exceptions: "fails" (the test runs and must fail), "skips" (it must skip itself), "may-skip" (it skips
 * itself on some machines and must pass elsewhere). The list must match what happens: a listed test that passes, or
 * one that no longer exists, is a failure just as an unlisted test that fails or skips. Without a list, skipped tests
 * are shown and do no harm.
 *
 * A line with a condition counts where that is true: "since=5.1.24" (the suite's version is that or later), "php>=8.5" or
 * "php<8.4" (PHP's major and minor version). One test may have several lines with different conditions.
 */

exit(main($argv));

function main(array $argv): int
{
    [$options, $paths] = parse(array_slice($argv, 1));
    check_extension($options);
    $results = run($options, $paths);
    if ($results === []) {
        fwrite(STDERR, "suite: no test was run\n");
        return 1;
    }
    $exceptions = isset($options['exceptions']) ? exceptions($options['exceptions'], $options['version'] ?? '') : null;
    [$counts, $complaints] = judge($results, $exceptions);

    if ($complaints) {
        echo "\n{$options['name']}: what is wrong\n";
        foreach ($complaints as $complaint) {
            echo "  $complaint\n";
        }
    }
    echo "\n{$options['name']}: {$counts['passed']} passed, {$counts['failed']} failed, {$counts['skipped']} skipped";
    echo $exceptions === null ? "\n" : " or listed as not applicable\n";
    if (isset($options['tally'])) {
        $line = "{$options['name']} {$counts['passed']} {$counts['failed']} {$counts['skipped']}\n";
        file_put_contents($options['tally'], $line, FILE_APPEND);
    }
    return $complaints ? 1 : 0;
}

/** @return array{array<string, mixed>, list<string>} options and paths */
function parse(array $arguments): array
{
    $options = ['jobs' => '2', 'limit' => '900', 'ini' => []];
    $paths = [];
    foreach ($arguments as $argument) {
        if (!preg_match('/^--([a-z-]+)(?:=(.*))?$/s', $argument, $match)) {
            $paths[] = realpath($argument) ?: stop("there is no $argument");
        } elseif (in_array($match[1], ['ini', 'exceptions'], true)) {
            $options[$match[1]][] = $match[2];
        } else {
            $options[$match[1]] = $match[2] ?? true;
        }
    }
    foreach (['name', 'extension'] as $needed) {
        isset($options[$needed]) || stop("--$needed is missing");
    }
    $options['extension'] = realpath($options['extension']) ?: stop("there is no {$options['extension']}");
    $paths || stop('no test is named');
    return [$options, $paths];
}

/** A suite whose extension does not load would skip itself from end to end. */
function check_extension(array $options): void
{
    $command = [PHP_BINARY, '-n', '-d', 'display_startup_errors=1', '-d', "extension=$options[extension]"];
    $process = proc_open([...$command, '-r', 'echo "started";'], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $said = stream_get_contents($pipes[1]);
    proc_close($process);
    $said === 'started' || stop('the extension does not load: ' . ($said ?: 'PHP dies'));
}

/** @return array<string, string> path of each test => its result in run-tests.php's words */
function run(array $options, array $paths): array
{
    $log = tempnam(sys_get_temp_dir(), 'suite');
    $settings = ['extension=' . $options['extension'], ...$options['ini']];

    // Tests that start servers of their own hand TEST_PHP_ARGS on to them; run-tests.php reads the same variable.
    $arguments = '-n';
    foreach ($settings as $setting) {
        strpbrk($setting, " \t") && stop("run-tests.php cannot take a setting with a blank in it: $setting");
        $arguments .= " -d $setting";
    }
    $environment = [
        'TEST_PHP_EXECUTABLE' => PHP_BINARY,
        'TEST_PHP_ARGS' => $arguments,
        'NO_INTERACTION' => '1',
        'SKIP_ONLINE_TESTS' => '1',
    ] + getenv();
    $command = [PHP_BINARY, '-n', $options['run-tests'] ?? run_tests(), '-q', "-j{$options['jobs']}", '-W', $log];
    array_push($command, '--no-color', '--no-progress', '--show-diff', '--show-slow', '10000', '--set-timeout', '120');
    if (isset($options['valgrind'])) {
        $command[] = '-m';
    }
    if (isset($options['quiet'])) {
        array_push($command, '-g', 'FAIL,XFAIL,XLEAK,SKIP,BORK,WARN,LEAK');
    }
    run_bounded([...$command, ...$paths], $environment, (int) $options['limit']);

    $results = [];
    foreach (file($log, FILE_IGNORE_NEW_LINES) as $line) {
        [$result, $test] = explode("\t", $line, 2);
        $results[$test] = $result;
    }
    unlink($log);
    return $results;
}

/** Runs a command in a session of its own and ends, at the latest after so many seconds, what is left of that session. */
function run_bounded(array $command, array $environment, int $limit): void
{
    $streams = [['file', '/dev/null', 'r'], STDOUT, STDERR];
    $process = proc_open(['setsid', ...$command], $streams, $pipes, null, $environment);
    $session = proc_get_status($process)['pid'];
    $end = hrtime(true) + $limit * 1_000_000_000;
    while (proc_get_status($process)['running'] && hrtime(true) < $end) {
        usleep(50_000);
    }
    for ($try = 0; $try < 20 && session($session); $try++) {
        usleep(50_000); // servers that tests have just told to end
    }
    foreach (session($session) as $left) {
        fwrite(STDERR, "suite: ending process $left, which a test has left behind\n");
        exec("kill -KILL $left 2>/dev/null");
    }
    proc_close($process);
}

/** @return list<int> the processes of a session that still run */
function session(int $session): array
{
    $running = [];
    foreach (glob('/proc/[0-9]*/stat') as $file) {
        // "pid (name) state parent group session ..."; the name may hold anything.
        $status = (string) @file_get_contents($file);
        [$state, , , $its] = explode(' ', substr((string) strrchr($status, ')'), 2)) + ['Z', 0, 0, 0];
        if ((int) $its === $session && $state !== 'Z') {
            $running[] = (int) $status;
        }
    }
    return $running;
}

function run_tests(): string
{
    $config = getenv('PHP_CONFIG') ?: 'php-config';
    $prefix = trim((string) shell_exec(escapeshellarg($config) . ' --prefix'));
    $api = trim((string) shell_exec(escapeshellarg($config) . ' --phpapi 2>/dev/null'));
    foreach (["$prefix/lib/php/$api/build", "$prefix/lib/php/build", "$prefix/lib/build"] as $directory) {
        if (is_file("$directory/run-tests.php")) {
            return "$directory/run-tests.php";
        }
    }
    stop("no run-tests.php below $prefix/lib/php: are PHP's development files installed?");
}

/**
 * @param list<string> $files
 * @return array<string, array{string, string}> name of each test => [kind, reason]
 */
function exceptions(array $files, string $version): array
{
    return array_merge(...array_map(fn (string $file): array => exceptions_of($file, $version), $files));
}

function exceptions_of(string $file, string $version): array
{
    $listed = [];
    foreach (file($file, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) ?: stop("cannot read $file") as $line) {
        if ($line[0] === '#') {
            continue;
        }
        $form = '/^(\S+)\s+(fails|skips|may-skip)\s+(?:(since=|php>=|php<)(\d\S*)\s+)?(\S.*)$/';
        if (!preg_match($form, $line, $match)) {
            stop("$file: not a line of 'TEST fails|skips|may-skip [since=VERSION|php>=VERSION|php<VERSION] REASON': $line");
        }
        [, $test, $kind, $condition, $than, $reason] = $match;
        $counts = match ($condition) {
            '' => true,
            'since=' => version_compare($version, $than, '>='),
            'php>=' => version_compare(PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, $than, '>='),
            'php<' => version_compare(PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, $than, '<'),
        };
        if ($counts) {
            $listed[$test] = [$kind, $reason];
        }
    }
    return $listed;
}

/** @return array{array{passed: int, failed: int, skipped: int}, list<string>} counts and complaints */
function judge(array $results, ?array $exceptions): array
{
    $counts = ['passed' => 0, 'failed' => 0, 'skipped' => 0];
    $complaints = [];
    foreach ($results as $path => $result) {
        $test = basename($path);
        $kind = $exceptions[$test][0] ?? null;
        unset($exceptions[$test]);
        $complaint = null;
        if ($result === 'WARNED') {
            // run-tests.php repeats a test that a busy machine may have stopped, and says so with this word.
            echo "\n$test passed at the second try only\n";
            $result = 'PASSED';
        }
        if ($result === 'PASSED') {
            $complaint = match ($kind) {
                'fails', 'skips' => "$test passes, but is listed with '$kind': take it off the list",
                default => null,
            };
            $counts[$complaint ? 'failed' : 'passed']++;
        } elseif ($result === 'SKIPPED') {
            if ($exceptions !== null && !in_array($kind, ['skips', 'may-skip'], true)) {
                $complaint = "$test is skipped, and is not listed so";
            }
            $counts[$complaint ? 'failed' : 'skipped']++;
        } else {
            $complaint = $kind === 'fails' && $result === 'FAILED' ? null : "$path: $result";
            $counts[$complaint ? 'failed' : 'skipped']++;
        }
        $complaint && $complaints[] = $complaint;
    }
    foreach (array_keys($exceptions ?? []) as $test) {
        $complaints[] = "$test is listed, but the suite has no such test";
        $counts['failed']++;
    }
    return [$counts, $complaints];
}

function stop(string $why): never
{
    fwrite(STDERR, "suite: $why\n");
    exit(2);
}

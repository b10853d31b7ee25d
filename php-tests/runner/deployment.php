<?php
/*
 * The deployment that a web site goes through, at full length: two php-fpm masters with two pools each, a request of 15 s in flight in each pool,
 * the link to the release switched. Once with what FastCGI offers, and with Trove's resets. Prints a table, and how long a reset takes, which does
 * not depend on a deployment; fails where Trove's rows are not clean, or a reset works for more than 10 ms.
 *
 *   php -n php-tests/runner/deployment.php EXTENSION [SECONDS [REQUESTS]]
 */

[, $extension] = $argv + [1 => ''];
$seconds = (float) ($argv[2] ?? 15);
$least = (int) ($argv[3] ?? 1500);
putenv("TEST_PHP_EXTRA_ARGS=-n -d extension=$extension");
require __DIR__ . '/fpm.inc';
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/deployment.inc';
require __DIR__ . '/../support/command.inc';

$settings = ['trove.directory' => own_directory(), 'trove.memory' => '16M'];
$extensions = [$extension, 'zend_extension=opcache'];
$outside = function (string $code) use ($settings) {
    $process = new Php($settings + ['trove.segment' => 'default']);
    return fn () => $process->run($code);
};
$ways = [
    'clearstatcache(true) and opcache_reset() by FastCGI' => [false, function (array $pools) {
        foreach ($pools as [$fpm, $pool]) {
            $fpm->get('<?php clearstatcache(true); opcache_reset();', [], $pool);
        }
    }],
    'Trove\reset()' => [true, $outside('Trove\reset();')],
    'trove reset' => [true, fn () => trove($settings['trove.directory'], 'reset')],
    'trove reset --opcache=reset' => [true, fn () => trove($settings['trove.directory'], 'reset', '--opcache=reset')],
    'Trove\stat_clear(), Trove\opcache_reset()' => [true, $outside('Trove\stat_clear(); Trove\opcache_reset();')],
];
printf("%-52s %8s %8s %8s %7s %7s  %s\n", '', 'ms', 'new', 'old', 'failed', 'killed', 'restarts of opcache');
$clean = true;
foreach ($ways as $way => [$must_be_clean, $reset]) {
    $end = deploy_under_load($reset, $settings, $seconds, $least, 4, $extensions);
    $old = array_sum($end['after']) - $end['after']['new'];
    printf("%-52s %8.2f %8d %8d %7d %7d  %s\n", $way, $end['milliseconds'], $end['after']['new'], $old, $end['failed'], $end['signals'], implode(' and ', $end['restarts']));
    $clean = $clean && (!$must_be_clean || ($old + $end['failed'] + $end['signals'] === 0 && max($end['restarts']) <= 1 && $end['after']['new'] >= $least));
}

// Twelve workers are idle. The time on the clock is what a deployment sees; that on the processor is the same on a busy machine.
$fpm = new Fpm(12, $settings, $extensions);
$fpm->everywhere('<?php');
$resets = 100;
$used = fn () => array_reduce(['utime', 'stime'], fn ($sum, $name) => $sum + getrusage(1)["ru_$name.tv_sec"] * 1e3 + getrusage(1)["ru_$name.tv_usec"] / 1e3, 0.0);
foreach (['trove reset', 'trove reset --opcache=reset --json'] as $way) {
    $times = $work = [];
    for ($i = 0; $i < $resets; $i++) {
        [$begin, $before] = [hrtime(true), $used()];
        trove($settings['trove.directory'], ...array_slice(explode(' ', $way), 1));
        $times[] = (hrtime(true) - $begin) / 1e6;
        $work[] = $used() - $before;
    }
    sort($times);
    sort($work);
    printf("%s, %d times, start and end of the command included: median %.1f ms, worst %.1f ms; of the processor, median %.1f ms\n", $way, $resets, $times[$resets / 2], end($times), $work[$resets / 2]);
    $clean = $clean && $work[$resets / 2] < 10;
}
exit($clean ? 0 : 1);

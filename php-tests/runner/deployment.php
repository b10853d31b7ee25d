<?php
/*
 * The deployment that a web site goes through, at full length: two php-fpm masters with two pools each, a request of 15 s in flight in each pool,
 * the link to the release switched. Once with what FastCGI offers, and with Trove's resets. Prints a table; fails where Trove's rows are not
 * clean.
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
exit($clean ? 0 : 1);

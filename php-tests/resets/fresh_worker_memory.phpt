--TEST--
After 500 resets by the command and 500 by the function, under load, a new worker needs no more memory than before
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../support/deployment.inc';
require __DIR__ . '/../support/command.inc';

$settings = fpm_settings();
$fpm = new Fpm(2, $settings + STRICT_OPCACHE);
$other = new Php($settings + ['trove.segment' => 'default']);
$app = new Deployment;
/** Memory in KiB that a worker which has just started and served a request has written. What else is private depends on who else runs PHP. */
$fresh = function () use ($fpm, $app) {
    foreach (array_keys($fpm->everywhere('<?php')) as $pid) {
        $fpm->kill($pid);
    }
    $fpm->get($app->script());
    $private = '<?php preg_match_all("/^Private_Dirty:\s+(\d+)/m", file_get_contents("/proc/self/smaps_rollup"), $m); echo array_sum($m[1]);';
    return min($fpm->everywhere($private));
};
$before = $fresh();
for ($i = 0; $i < 500; $i++) {
    $running = $fpm->send($app->script(), ['sleep' => 1]);
    $other->run('Trove\reset();');
    $fpm->get($app->script());
    if (!str_contains($told = trove($settings['trove.directory'], 'reset', '--mine'), ': reset ')) die($told);
    $fpm->get($app->script());
    $running->body();
}
// What it needs more, it needs each time.
for ($growth = PHP_INT_MAX, $i = 0; $growth >= 128 && $i < 5; $i++) {
    $growth = $fresh() - $before;
}
echo $growth < 128 ? "no more\n" : "$growth KiB more than $before\n";
--EXPECT--
no more

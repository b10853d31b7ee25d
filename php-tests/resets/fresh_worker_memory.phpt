--TEST--
After 500 resets under load a new worker needs no more memory than before
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

$settings = fpm_settings();
$fpm = new Fpm(2, $settings + STRICT_OPCACHE);
$other = new Php($settings + ['trove.segment' => 'default']);
$app = new Deployment;
/** Private memory in KiB of a worker that has just started and served a request. */
$fresh = function () use ($fpm, $app) {
    foreach (array_keys($fpm->everywhere('<?php')) as $pid) {
        $fpm->kill($pid);
    }
    usleep(300_000);
    $fpm->get($app->script());
    $private = '<?php preg_match_all("/^Private_\w+:\s+(\d+)/m", file_get_contents("/proc/self/smaps_rollup"), $m); echo array_sum($m[1]);';
    return min($fpm->everywhere($private));
};
$before = $fresh();
for ($i = 0; $i < 500; $i++) {
    $running = $fpm->send($app->script(), ['sleep' => 1]);
    $other->run('Trove\reset();');
    $fpm->get($app->script());
    $running->body();
}
$growth = $fresh() - $before;
echo $growth < 128 ? "no more\n" : "$growth KiB more than $before\n";
--EXPECT--
no more

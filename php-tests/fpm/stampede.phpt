--TEST--
200 requests a second for a slow page: one build for each expiry, all others are answered at once; without stale values, every worker builds
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../../benches/demo/stampede.inc';
const SCALE = 50;

/** A run in which the visitors came as they should: on a machine that is busy with others they may not, for longer than the stale window. */
function run(string $how): Stampede
{
    $fpm = new Fpm(workers: 4, ini: fpm_settings());
    for ($try = 0; $try < 8; $try++) {
        $run = stampede($fpm, $how, SCALE, expiries: 3);
        if ($run->gap < 5 / SCALE) {
            break;
        }
    }
    $fpm->stop();
    return $run;
}

foreach (['remember', 'background'] as $how) {
    $run = run($how);
    $most = max(array_map(count(...), $run->rounds));
    echo "$how: ", count($run->rounds) >= 3 ? 'built anew' : 'not built', ", $most build for each expiry, $run->waited waited, ",
        $run->stale > 0 ? 'stale answers' : 'no stale answer', "\n";
}
$run = run('plain');
echo 'plain: ', max(array_map(count(...), $run->rounds)) > 1 ? 'several builds for an expiry' : 'one build', "\n";
--EXPECT--
remember: built anew, 1 build for each expiry, 0 waited, stale answers
background: built anew, 1 build for each expiry, 0 waited, stale answers
plain: several builds for an expiry

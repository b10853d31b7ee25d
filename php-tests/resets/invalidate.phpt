--TEST--
Trove\opcache_invalidate() throws away what lies below its paths, and nothing else
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

$app = new Deployment;
$fpm = new Fpm(3, fpm_settings() + STRICT_OPCACHE + ['memory_limit' => '8M']);
$root = dirname($app->live);
$misses = fn () => (int) $fpm->get('<?php echo opcache_get_status(false)["opcache_statistics"]["misses"];');
foreach (['old', 'new'] as $release) {
    $fpm->get("$root/releases/$release/index.php");
}
foreach (["$root/releases/old/", ["$root/releases/old/src/part.php", "$root/releases/new/src"], $app->live . '/index.php', $app->live, '/nowhere'] as $paths) {
    $before = $misses();
    $fpm->get('<?php Trove\opcache_invalidate(' . var_export($paths, true) . ');');
    foreach (['old', 'new', 'old', 'new'] as $release) {
        $fpm->get("$root/releases/$release/index.php");
    }
    // The script that invalidates is compiled as well.
    echo $misses() - $before - 1, ' compiled anew; restarts: ',
        $fpm->get('<?php echo opcache_get_status(false)["opcache_statistics"]["manual_restarts"];'), "\n";
}
--EXPECT--
3 compiled anew; restarts: 0
2 compiled anew; restarts: 0
1 compiled anew; restarts: 0
3 compiled anew; restarts: 0
0 compiled anew; restarts: 0

--TEST--
The same deployment through FastCGI, with clearstatcache(true) and opcache_reset(), goes on serving the old release
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

$reset = function ($pools) {
    foreach ($pools as [$fpm, $pool]) {
        $fpm->get('<?php clearstatcache(true); opcache_reset();', [], $pool);
    }
};
$end = deploy_under_load($reset, fpm_settings(), 3, 1500);
$old = array_sum($end['after']) - ($end['after']['new'] ?? 0);
printf(
    "%s of the old release; opcache restarted %s times\n", $old > 100 ? 'hundreds of answers are' : "only $old answers are",
    implode(' and ', $end['restarts']),
);
--EXPECT--
hundreds of answers are of the old release; opcache restarted 1 and 1 times

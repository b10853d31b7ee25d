--TEST--
An idle worker is named as such; a ping, or any other request, has it apply the reset
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
$fpm = new Fpm(1, $settings, pool: ['ping.path' => '/ping']);
$fpm->get('<?php echo 1;');
$other = new Php($settings + ['trove.segment' => 'default']);
$state = fn () => $other->run('foreach (Trove\status()["resets"]["workers"] as $w) if ($w["sapi"] === "fpm-fcgi") echo "$w[pool]: $w[state]\n";');
echo $other->run('echo Trove\reset(), " processes\n";'), $state();
echo $fpm->get('/ping'), "\n", $state();
--EXPECT--
2 processes
test: idle: applies at the next request
pong
test: applied

--TEST--
A worker that starts after a reset does not find the old release in opcache either
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

$fpm = new Fpm(1, fpm_settings() + STRICT_OPCACHE);
$app = new Deployment;
$pid = fn ($answer) => (int) substr($answer, strrpos($answer, ' '));
$release = fn ($answer) => strstr($answer, ' ', true);
$old = $fpm->get($app->script());
$app->switch_to('new');
$fpm->get('<?php Trove\reset();');
$fpm->kill($pid($old));
$new = $fpm->get($app->script());
echo $release($old), ', then ', $release($new), $pid($old) === $pid($new) ? ' in the same process' : ' in another process', "\n";
for ($i = 0; $i < 5; $i++) {
    $app->count($fpm->get($app->script()));
}
echo json_encode($app->answers), "\n";
--EXPECT--
old, then new in another process
{"new":5}

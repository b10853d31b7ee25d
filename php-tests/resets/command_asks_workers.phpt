--TEST--
What opcache says, and what a worker remembers of paths, is reported when somebody asks: at the next request, or at once through FastCGI; no file is written
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
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

$settings = fpm_settings();
$app = new Deployment;
$temporary = own_directory('/tmp');
$fpm = new Fpm(1, $settings + STRICT_OPCACHE + ['sys_temp_dir' => $temporary], pool: ['ping.path' => '/ping']);
$fpm->get($app->script());
$ask = fn (string $what) => trove_with_exit($settings['trove.directory'], ...explode(' ', $what));
$before = [$app->files(), scandir($temporary), scandir($fpm->directory)];

[$output, $code] = $ask('opcache:status --wait=0.01');
echo "idle: $code, ", preg_match('/^Reported +not yet$/m', $output), "\n";
[$output, $code] = $ask('opcache:status --fcgi=' . $fpm->socket());
preg_match_all('/^(?:Enabled|Cached scripts|Manual restarts) .*/m', $output, $rows);
echo "asked: $code\n", implode("\n", $rows[0]), "\n";

[$output, $code] = $ask('stat:realpath_get --json --fcgi=' . $fpm->socket());
$worker = json_decode($output, true)[0]['of'][0];
echo "paths: $code, {$worker['pool']}, ", $worker['bytes'] > 0 ? 'some bytes' : 'no bytes', ', ';
$link = array_values(array_filter($worker['paths'], fn ($path) => $path['path'] === $app->live));
echo $link && str_ends_with($link[0]['resolved'], '/releases/old') && $link[0]['is_directory'] ? 'the link is among them' : json_encode($worker['paths']), "\n";
[$output, $code] = $ask('reset --fcgi=' . $fpm->socket());
[$output, $code] = $ask('stat:realpath_size --json --fcgi=' . $fpm->socket());
echo "after a reset: $code, ", json_decode($output, true)[0]['of'][0]['bytes'], " bytes\n";
clearstatcache();
echo [$app->files(), scandir($temporary), scandir($fpm->directory)] == $before ? 'no file was written' : 'files were written', "\n";
--EXPECT--
idle: 8, 1
asked: 0
Enabled              yes
Cached scripts       3
Manual restarts      0
paths: 0, test, some bytes, the link is among them
after a reset: 0, 0 bytes
no file was written

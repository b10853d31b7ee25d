--TEST--
The segment belongs to the user that the workers run as, not to the master
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
exec('id -u', $uid);
if ($uid[0] !== '0') die('skip workers of another user need root');
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$settings = fpm_settings();
chmod($settings['trove.directory'], 01777);
$fpm = new Fpm(ini: $settings, pool: ['user' => 'nobody', 'group' => 'nogroup']);
chmod($fpm->directory, 0755);
echo $fpm->get('<?php echo apcu_store("key", "value"), apcu_fetch("key"), "\n";');
[$file] = glob("{$settings['trove.directory']}/*");
echo fileowner($file) === fileowner('/') ? 'of root' : 'of the worker', sprintf(' %o', fileperms($file) & 0777), "\n";
--EXPECT--
1value
of the worker 600

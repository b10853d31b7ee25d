--TEST--
A cache outlives the php-fpm that filled it, and its reload
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
$settings = fpm_settings();
$fpm = new Fpm(workers: 2, ini: $settings);
$fpm->get('<?php apcu_store("key", ["kept" => str_repeat("x", 100)]);');
$fpm->kill($fpm->master(), 'USR2');
usleep(500_000);
echo strlen($fpm->get('<?php echo apcu_fetch("key")["kept"];')), " after a reload\n";
$fpm->stop();
$fpm = new Fpm(workers: 2, ini: $settings);
echo strlen($fpm->get('<?php echo apcu_fetch("key")["kept"];')), " after a restart\n";
foreach (array_keys($fpm->everywhere('<?php apcu_fetch("key");')) as $pid) {
    $fpm->kill($pid);
}
echo strlen($fpm->get('<?php echo apcu_fetch("key")["kept"];')), " after all workers were killed\n";
--EXPECT--
100 after a reload
100 after a restart
100 after all workers were killed

--TEST--
Workers leave a segment whose file was removed, so that resets reach them in the one that others open from then on
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
$fpm = new Fpm(2, $settings);
$fpm->everywhere('<?php apcu_store("key", 1);');
array_map(unlink(...), glob("{$settings['trove.directory']}/*"));
usleep(1_100_000);
$fpm->everywhere('<?php');
$fpm->everywhere('<?php');
$other = new Php($settings + ['trove.segment' => 'default']);
echo $other->run('echo Trove\reset(), " reached, "; apcu_store("key", "of another process");');
echo implode(' ', array_unique($fpm->everywhere('<?php echo apcu_fetch("key");'))), "\n";
echo $other->run('echo count(array_filter(Trove\status()["resets"]["workers"], fn ($w) => $w["state"] === "applied")), " applied\n";');
--EXPECT--
3 reached, of another process
3 applied

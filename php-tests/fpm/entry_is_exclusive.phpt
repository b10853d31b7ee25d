--TEST--
Workers that ask for the same missing key at once get it computed once
--EXTENSIONS--
apcu
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$fpm = new Fpm(workers: 4, ini: fpm_settings());
$answers = $fpm->everywhere('<?php echo apcu_entry("key", function () { apcu_inc("calls"); usleep(200_000); return ["computed"]; })[0];');
echo count($answers), ' workers: ', implode(' | ', array_unique($answers)), ', ', $fpm->get('<?php echo apcu_fetch("calls");'), " call\n";
--EXPECT--
4 workers: computed, 1 call

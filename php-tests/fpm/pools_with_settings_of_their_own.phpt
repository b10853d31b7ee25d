--TEST--
A pool may name a segment of its own with php_admin_value
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
$one = new Fpm(ini: $settings, pool: ['php_admin_value[trove.segment]' => 'one']);
$two = new Fpm(ini: $settings, pool: ['php_admin_value[trove.segment]' => 'two']);
$again = new Fpm(ini: $settings, pool: ['php_admin_value[trove.segment]' => 'one']);
$one->get('<?php apcu_store("key", "of one");');
$two->get('<?php apcu_store("key", "of two");');
foreach ([$one, $two, $again] as $fpm) {
    echo implode(' ', array_unique($fpm->everywhere('<?php echo apcu_fetch("key");'))), "\n";
}
--EXPECT--
of one
of two
of one

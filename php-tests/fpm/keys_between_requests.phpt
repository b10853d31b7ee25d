--TEST--
A request's keys lie where the keys of the request before it lay, and are its own
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
$fpm = new Fpm(workers: 1, ini: fpm_settings() + ['opcache.enable' => 0]);
$fpm->get('<?php for ($i = 0; $i < 40; $i++) { apcu_store("key $i", ["value $i"]); }');
$wrong = 0;
for ($i = 0; $i < 40; $i++) {
    $wrong += $fpm->get("<?php echo apcu_fetch('key $i')[0], apcu_fetch('key $i')[0];") !== "value {$i}value $i";
}
var_dump($wrong);
--EXPECT--
int(0)

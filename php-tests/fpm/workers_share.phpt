--TEST--
Several php-fpm workers share one cache
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
$fpm = new Fpm(workers: 3, ini: fpm_settings());
echo $fpm->get('<?php class P { public $list = [1, ["two"]]; } apcu_store(["array" => ["k" => [1.5, "two", null]], "object" => new P, "n" => 0]); echo "stored\n";');
$answers = $fpm->everywhere('<?php class P { public $list; } apcu_inc("n"); echo json_encode(apcu_fetch(["array", "object"]));');
echo count($answers), ' workers: ', implode(' | ', array_unique($answers)), "\n";
echo $fpm->get('<?php echo apcu_fetch("n"), " increments\n";');
$fpm->get('<?php apcu_clear_cache();');
echo implode(' ', array_unique($fpm->everywhere('<?php var_dump(apcu_exists("array"));')));
--EXPECT--
stored
3 workers: {"array":{"k":[1.5,"two",null]},"object":{"list":[1,["two"]]}}
3 increments
bool(false)

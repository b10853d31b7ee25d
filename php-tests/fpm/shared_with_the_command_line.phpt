--TEST--
The command line and php-fpm share a segment that both name
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
require __DIR__ . '/../support/processes.inc';
$settings = ['trove.directory' => own_directory(), 'trove.segment' => 'both', 'trove.memory' => '8M'];
$fpm = new Fpm(workers: 2, ini: $settings);
$fpm->get('<?php apcu_store("key", ["from" => "fpm"]);');
$cli = new Php($settings);
echo $cli->run('echo apcu_fetch("key")["from"], apcu_store("key", ["from" => "cli"]);'), ' ', $fpm->get('<?php echo apcu_fetch("key")["from"];'), "\n";
echo $cli->run('apcu_clear_cache();'), implode(array_unique($fpm->everywhere('<?php var_dump(apcu_fetch("key"));')));
--EXPECT--
fpm1 cli
bool(false)

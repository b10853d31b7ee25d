--TEST--
What workers of php-fpm have stored is seen, counted and deleted by the command, and what it changes they see
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
require __DIR__ . '/../support/command.inc';

$settings = fpm_settings();
$directory = $settings['trove.directory'];
$fpm = new Fpm(2, $settings);
$fpm->get('<?php apcu_store("user:1", ["name" => "Ada"]); apcu_store("user:2", 2); apcu_fetch("user:2"); apcu_fetch("nothing");');
$status = json_decode(trove($directory, 'status', '--json'), true)[0];
echo "$status[entries] entries, $status[hits] hits, $status[misses] misses\n";
echo $status['workers'][0]['sapi'], ' ', $status['workers'][0]['pool'], "\n";
$own = fn (string $output) => preg_replace('/^trove: acting as .*\n/m', '', $output);
echo $own(trove($directory, 'keys', '-1'));
echo $own(trove($directory, 'delete', 'user:1'));
echo $fpm->get('<?php var_dump(apcu_exists("user:1"), apcu_exists("user:2"));');
echo $own(trove($directory, 'flush'));
echo $fpm->get('<?php var_dump(apcu_exists("user:2"));');
?>
--EXPECT--
2 entries, 1 hits, 1 misses
fpm-fcgi test
user:1
user:2
1 entry deleted
bool(false)
bool(true)
1 entry flushed
bool(false)

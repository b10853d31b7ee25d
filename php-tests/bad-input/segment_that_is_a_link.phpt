--TEST--
A symbolic link in the place of the segment is not followed
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test', 'log_errors' => 1, 'error_log' => ''];
$store = new Php($ini);
$store->run('apcu_store("key", "value");');
$store->end();
[$file] = glob("$directory/*");
file_put_contents("$directory/target", 'what must not be touched');
unlink($file);
symlink("$directory/target", $file);
$output = Php::once('var_dump(apcu_fetch("key")); apcu_store("key", 1); echo "alive\n";', $ini);
echo str_contains($output, "alive\n") ? 'alive' : $output, ', ', file_get_contents("$directory/target"), "\n";
--EXPECT--
alive, what must not be touched

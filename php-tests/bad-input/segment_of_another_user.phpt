--TEST--
A segment that another user owns is not attached to, whatever its mode
--EXTENSIONS--
trove
--SKIPIF--
<?php
exec('setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null', $output, $status);
if ($status !== 0) die('skip taking on another user needs root and setpriv');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test', 'log_errors' => 1, 'error_log' => ''];
$store = new Php($ini);
$store->run('apcu_store("key", "secret");');
echo $store->end();
[$file] = glob("$directory/*");
// A directory that both may write, and a file that is everybody's: root must not follow pointers that a lesser user wrote.
chmod($directory, 01777);
chown($file, 65534);
chmod($file, 0666);
$before = md5_file($file);
$output = Php::once('var_dump(apcu_fetch("key")); apcu_store("key", 1); echo "alive\n";', $ini);
echo preg_match('/^bool\(false\)$/m', $output) ? 'not fetched' : $output, ', ', str_contains($output, "alive\n") ? 'alive' : $output, ', ',
    str_contains($output, $file) ? 'the message names the file' : $output, "\n";
echo md5_file($file) === $before ? 'left alone' : 'written to', "\n";
// The other way round: root's segment, another user's process.
chown($file, 0);
chmod($file, 0600);
$output = Php::once('var_dump(apcu_fetch("key")); echo "alive\n";', $ini, 'setpriv --reuid 65534 --regid 65534 --clear-groups');
echo preg_match('/^bool\(false\)$/m', $output) ? 'not fetched' : $output, ', ', str_contains($output, "alive\n") ? 'alive' : $output, "\n";
--EXPECT--
not fetched, alive, the message names the file
left alone
not fetched, alive

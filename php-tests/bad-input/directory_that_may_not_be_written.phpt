--TEST--
A directory in which the user may not write is a message, and PHP works
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
chmod($directory, 0755);
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test', 'log_errors' => 1, 'error_log' => ''];
$output = Php::once('apcu_store("key", [1]); apcu_fetch("key"); echo "alive\n";', $ini, 'setpriv --reuid 65534 --regid 65534 --clear-groups');
echo str_contains($output, "alive\n") ? 'alive' : $output, ', ', str_contains($output, $directory) ? 'the message names the directory' : $output,
    ', ', count(glob("$directory/*")), " files\n";
--EXPECT--
alive, the message names the directory, 0 files

--TEST--
A directory that does not exist is a message, and a cache of the process's own
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$ini = ['trove.directory' => '/nowhere/at/all', 'trove.segment' => 'test', 'log_errors' => 1, 'error_log' => ''];
$output = Php::once('apcu_store("key", [1]); apcu_fetch("key"); echo "alive\n";', $ini);
echo str_contains($output, "alive\n") ? 'alive' : $output, ', ',
    preg_match('#/nowhere/at/all.*trove\.directory#', $output) ? 'the message names the directory and the setting' : $output, "\n";
--EXPECT--
alive, the message names the directory and the setting

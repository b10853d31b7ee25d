--TEST--
Where a segment's file is no segment any more, the log says which file was replaced, and why; the cache works, and nothing is said twice
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$log = "$directory/log";
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test', 'trove.memory' => '1M', 'log_errors' => 1, 'error_log' => $log];
$run = fn () => Php::once('echo json_encode([apcu_fetch("key"), apcu_store("key", "value"), apcu_fetch("key")]);', $ini);
echo $run(), "\n";
[$segment] = glob("$directory/trove-*");
foreach (['half' => fn ($s) => substr($s, 0, strlen($s) >> 1), 'text' => fn ($s) => 'this is no segment', 'noise' => fn ($s) => str_repeat('noise', intdiv(strlen($s), 5))] as $name => $spoil) {
    file_put_contents($segment, $spoil(file_get_contents($segment)));
    echo "$name: ", $run(), ' ', $run(), "\n";
    echo preg_replace('/^\[.*?\] /m', '', str_replace($directory, 'DIRECTORY', (string) @file_get_contents($log)));
    @unlink($log);
}
--EXPECTF--
[false,true,"value"]
half: [false,true,"value"] ["value",true,"value"]
Trove: the file DIRECTORY/trove-test-%s is replaced by an empty segment: %s
text: [false,true,"value"] ["value",true,"value"]
Trove: the file DIRECTORY/trove-test-%s is replaced by an empty segment: it is shorter than a segment's header
noise: [false,true,"value"] ["value",true,"value"]
Trove: the file DIRECTORY/trove-test-%s is replaced by an empty segment: %s

--TEST--
While a callback computes, other keys are fetched, stored and computed without waiting
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$slow = new Php;
$other = new Php;
$other->run('apcu_store("there", 1); apcu_store("key", "old", -1);');
$slow->send('echo apcu_entry("slow", function () { apcu_store("begun", 1); while (!apcu_exists("go")) usleep(1000); return "computed"; });');
while ($other->run('echo (int) apcu_exists("begun");') !== '1') {
    usleep(10_000);
}
// The callback ends when all of this is done.
echo $other->run('echo json_encode([apcu_fetch("there"), apcu_store("new", 2), apcu_entry("another", fn () => 3), apcu_inc("n"), apcu_delete("there"), apcu_fetch("slow"), apcu_add("added", 1)]);'),
    "\n";
$other->send('echo apcu_entry("slow", fn () => "computed twice");');
usleep(200_000);
$third = new Php;
$third->run('apcu_store("go", 1);');
echo $other->receive(), "\n";
echo $slow->receive(), "\n";
--EXPECT--
[1,true,3,1,true,false,true]
computed
computed

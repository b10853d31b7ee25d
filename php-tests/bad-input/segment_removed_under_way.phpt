--TEST--
A segment file that is removed while in use harms nobody; the next process makes a new one
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test'];
$a = new Php($ini);
$a->run('apcu_store("key", ["of the first"]); $kept = apcu_fetch("key");');
array_map(unlink(...), glob("$directory/*"));
echo $a->run('echo $kept[0], ", ", apcu_fetch("key")[0], ", ", apcu_store("more", 1) ? "stored" : "not stored";'), "\n";
$b = new Php($ini);
echo $b->run('var_dump(apcu_fetch("key")); apcu_store("key", "of the second"); echo apcu_fetch("key");'), "\n";
echo $a->end(), $b->end(), count(glob("$directory/*")), " file\n";
--EXPECT--
of the first, of the first, stored
bool(false)
of the second
1 file

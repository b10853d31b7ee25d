--TEST--
What is stored is the value at the time of the call
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$array = ['list' => [1, 2], 'object' => $object = new stdClass];
$object->p = 'before';
$text = 'before';
apcu_store(['array' => $array, 'text' => $text]);
$array['list'][] = 3;
$object->p = 'after';
$text[0] = 'X';
$text .= '!';
echo text(apcu_fetch('array')), ' ', text(apcu_fetch('text')), "\n";
--EXPECT--
['list' => [1, 2], 'object' => stdClass ['p' => 'before']] 'before'

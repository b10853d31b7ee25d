--TEST--
apcu_add() of an array returns -1 for each key that was there
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['there' => 'old', '7' => 'old']);
report('add', fn () => apcu_add(['new' => 'new', 'there' => 'new', 7 => 'new', 8 => 'new']));
report('values', fn () => array_values(apcu_fetch(['new', 'there', '7', '8'])));
--EXPECT--
add -> ['there' => -1, 7 => -1]
values -> ['new', 'old', 'old', 'new']

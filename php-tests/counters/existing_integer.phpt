--TEST--
apcu_inc() and apcu_dec() change an integer and return the new value
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('n', 10);
report('inc', fn () => apcu_inc('n'));
report('inc by', fn () => apcu_inc('n', 9));
report('inc by a negative step', fn () => apcu_inc('n', -30));
report('dec', fn () => apcu_dec('n'));
report('dec by', fn () => apcu_dec('n', 4));
report('dec by a negative step', fn () => apcu_dec('n', -25));
report('value', fn () => apcu_fetch('n'));
--EXPECT--
inc -> 11
inc by -> 20
inc by a negative step -> -10
dec -> -11
dec by -> -15
dec by a negative step -> 10
value -> 10

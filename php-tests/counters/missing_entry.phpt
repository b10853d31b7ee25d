--TEST--
apcu_inc() and apcu_dec() make a missing entry and count from 0
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('inc', fn () => [apcu_inc('a', success: $ok), $ok, apcu_fetch('a')]);
report('inc by', fn () => [apcu_inc('b', 5, $ok), $ok, apcu_fetch('b')]);
report('dec', fn () => [apcu_dec('c', success: $ok), $ok, apcu_fetch('c')]);
report('dec by', fn () => [apcu_dec('d', 5, $ok), $ok, apcu_fetch('d')]);
report('by 0', fn () => [apcu_inc('e', 0, $ok), $ok, apcu_fetch('e')]);
report('empty key', fn () => [apcu_inc('', 3), apcu_fetch('')]);
--EXPECT--
inc -> [1, true, 1]
inc by -> [5, true, 5]
dec -> [-1, true, -1]
dec by -> [-5, true, -5]
by 0 -> [0, true, 0]
empty key -> [3, 3]

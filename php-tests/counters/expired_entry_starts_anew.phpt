--TEST--
A counter that has expired starts from 0 again
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('n', 41, -1);
report('cas', fn () => apcu_cas('n', 41, 42));
report('inc', fn () => [apcu_inc('n', 1, $ok), $ok]);
report('value', fn () => apcu_fetch('n'));
--EXPECT--
cas -> false
inc -> [1, true]
value -> 1

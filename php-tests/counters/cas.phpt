--TEST--
apcu_cas() swaps only where the old value is the given one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('n', 5);
report('other', fn () => apcu_cas('n', 4, 6));
report('kept', fn () => apcu_fetch('n'));
report('same', fn () => apcu_cas('n', 5, 6));
report('swapped', fn () => apcu_fetch('n'));
report('old is new', fn () => apcu_cas('n', 6, 6));
report('limits', fn () => [apcu_cas('n', 6, PHP_INT_MIN), apcu_cas('n', PHP_INT_MIN, PHP_INT_MAX), apcu_fetch('n') === PHP_INT_MAX]);
report('missing', fn () => apcu_cas('none', 0, 1));
report('not created', fn () => apcu_exists('none'));
--EXPECT--
other -> false
kept -> 5
same -> true
swapped -> 6
old is new -> true
limits -> [true, true, true]
missing -> false
not created -> false

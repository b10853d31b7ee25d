--TEST--
Counters wrap in two's complement, as the machine word does
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['max' => PHP_INT_MAX, 'min' => PHP_INT_MIN, 'zero' => 0]);
report('inc', fn () => apcu_inc('max') === PHP_INT_MIN);
report('dec', fn () => apcu_dec('min') === PHP_INT_MAX);
report('inc by max', fn () => apcu_inc('zero', PHP_INT_MAX) === PHP_INT_MAX);
report('inc by max again', fn () => apcu_inc('zero', PHP_INT_MAX));
report('dec by min', fn () => apcu_dec('zero', PHP_INT_MIN) === PHP_INT_MAX - 1);
report('value', fn () => apcu_fetch('zero') === PHP_INT_MAX - 1);
--EXPECT--
inc -> true
dec -> true
inc by max -> true
inc by max again -> -2
dec by min -> true
value -> true

--TEST--
null, booleans, integers, floats and strings come back as they were, to the bit
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
serialize_precision=17
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
round_trips([
    null, true, false, 0, 1, -1, PHP_INT_MAX, PHP_INT_MIN,
    0.0, -0.0, 0.1, 1 / 3, 1e300, -1.5e-310, PHP_FLOAT_MIN, PHP_FLOAT_MAX, PHP_FLOAT_EPSILON, NAN, INF, -INF,
    '', '0', 'a', "\0", "\xff", 'text', "with\0zero", "\xf0\x28\x8c", 'ünïcödé', str_repeat("\0", 7), str_repeat('a', 8), str_repeat('long ', 100_000), '123', '1e3',
]);
--EXPECT--
34 values

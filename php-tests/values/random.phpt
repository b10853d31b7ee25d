--TEST--
Thousands of random values come back as unserialize() makes them of what serialize() makes, and changing them changes nothing stored
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
serialize_precision=17
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
require __DIR__ . '/../support/random_values.inc';
compare_random_values(1500, 20_240_229);
compare_random_values(1500, random_int(0, 1 << 30));
--EXPECT--
1500 values
1500 values

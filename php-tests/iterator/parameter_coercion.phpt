--TEST--
The parameters after the search are ints
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('text format', fn () => new APCUIterator(null, 'x'));
report('array chunk size', fn () => new APCUIterator(null, 1, []));
report('null list', fn () => new APCUIterator(null, 1, 0, null));
report('numeric strings', fn () => (new APCUIterator(null, '2', '5', '1'))->valid());
report('too many', fn () => new APCUIterator(null, 1, 1, 1, 1));
report('arguments of methods', fn () => (new APCUIterator)->valid(1));
--EXPECT--
text format -> TypeError: APCUIterator::__construct(): Argument #2 ($format) must be of type int, string given
array chunk size -> TypeError: APCUIterator::__construct(): Argument #3 ($chunk_size) must be of type int, array given
null list -> Deprecated: APCUIterator::__construct(): Passing null to parameter #4 ($list) of type int is deprecated | Warning: APCUIterator::__construct(): APCUIterator invalid list type | APCUIterator []
numeric strings -> false
too many -> ArgumentCountError: APCUIterator::__construct() expects at most 4 arguments, 5 given
arguments of methods -> ArgumentCountError: APCUIterator::valid() expects exactly 0 arguments, 1 given

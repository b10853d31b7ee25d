--TEST--
The key of apcu_entry() is a string parameter, its ttl an int one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('int', fn () => [apcu_entry(5, fn ($key) => $key), apcu_fetch('5')]);
report('null', fn () => apcu_entry(null, fn ($key) => "<$key>"));
report('array', fn () => apcu_entry([], fn () => 1));
report('ttl', fn () => apcu_entry('k', fn () => 1, 'abc'));
report('not computed', fn () => apcu_exists('k'));
--EXPECT--
int -> ['5', '5']
null -> Deprecated: apcu_entry(): Passing null to parameter #1 ($key) of type string is deprecated | '<>'
array -> TypeError: apcu_entry(): Argument #1 ($key) must be of type string, array given
ttl -> TypeError: apcu_entry(): Argument #3 ($ttl) must be of type int, string given
not computed -> false

--TEST--
A numeric key of a bulk fetch is an integer key of the result, as in every PHP array
--DESCRIPTION--
APCu leaves such keys as strings, which no lookup in the result can find.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['123' => 'value', 'abc' => 'other']);
report('fetch', fn () => apcu_fetch(['123', 'abc'])['123']);
report('exists', fn () => apcu_exists(['123'])[123]);
report('exists, asked twice', fn () => apcu_exists(['abc', 'abc']));
--EXPECT--
fetch -> 'value'
exists -> true
exists, asked twice -> ['abc' => true]

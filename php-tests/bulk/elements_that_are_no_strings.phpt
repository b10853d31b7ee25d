--TEST--
Elements of a key array that are no strings are skipped with a warning each
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, '1' => 'one', '' => 'empty']);
report('fetch', fn () => [apcu_fetch(['a', 1, null, 1.5, ['a']], $ok), $ok]);
report('exists', fn () => apcu_exists([1, 'a', true]));
report('delete', fn () => apcu_delete([1, 'a', null, 'nowhere']));
report('still there', fn () => count(apcu_exists(['1', ''])));
--EXPECT--
fetch -> Warning: apcu_fetch(): apc_fetch() expects a string or array of strings. | Warning: apcu_fetch(): apc_fetch() expects a string or array of strings. | Warning: apcu_fetch(): apc_fetch() expects a string or array of strings. | Warning: apcu_fetch(): apc_fetch() expects a string or array of strings. | [['a' => 1], true]
exists -> Warning: apcu_exists(): apc_exists() expects a string or array of strings. | Warning: apcu_exists(): apc_exists() expects a string or array of strings. | ['a' => true]
delete -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | [1, null, 'nowhere']
still there -> 2

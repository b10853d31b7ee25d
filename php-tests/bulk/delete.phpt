--TEST--
apcu_delete() of an array returns the list of keys that it did not delete
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => 2, 'c' => 3]);
report('some', fn () => apcu_delete(['a', 'nowhere', 'b']));
report('again', fn () => apcu_delete(['a', 'b']));
report('all', fn () => apcu_delete(['c']));
report('empty', fn () => apcu_delete([]));
--EXPECT--
some -> ['nowhere']
again -> ['a', 'b']
all -> []
empty -> []

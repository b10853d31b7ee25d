--TEST--
An array of keys fetches the found ones in the order asked for
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => [2], 'c' => 'three']);
report('some', fn () => [apcu_fetch(['c', 'nowhere', 'a'], $ok), $ok]);
report('none', fn () => [apcu_fetch(['nowhere'], $ok), $ok]);
report('empty', fn () => [apcu_fetch([], $ok), $ok]);
report('twice', fn () => apcu_fetch(['a', 'b', 'a']));
report('keys of the array do not matter', fn () => apcu_fetch(['x' => 'a', 9 => 'b']));
report('exists', fn () => apcu_exists(['c', 'nowhere', 'a']));
report('exists, none', fn () => apcu_exists(['nowhere']));
report('exists, empty', fn () => apcu_exists([]));
--EXPECT--
some -> [['c' => 'three', 'a' => 1], true]
none -> [[], true]
empty -> [[], true]
twice -> ['a' => 1, 'b' => [2]]
keys of the array do not matter -> ['a' => 1, 'b' => [2]]
exists -> ['c' => true, 'a' => true]
exists, none -> []
exists, empty -> []

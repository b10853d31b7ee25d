--TEST--
An array of keys and values stores each; the answer is the array of failures
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('all stored', fn () => apcu_store(['a' => 1, 'b' => 'two', 'c' => [3]]));
report('values', fn () => apcu_fetch(['a', 'b', 'c']));
report('the second argument is ignored', fn () => [apcu_store(['d' => 4], 'ignored', 60), apcu_fetch('d'), apcu_key_info('d')['ttl']]);
report('empty', fn () => [apcu_store([]), apcu_add([])]);
$reference = 'by reference';
report('references', fn () => [apcu_store(['e' => &$reference]), apcu_fetch('e')]);
report('nulls and false', fn () => [apcu_store(['f' => null, 'g' => false]), apcu_fetch(['f', 'g'])]);
--EXPECT--
all stored -> []
values -> ['a' => 1, 'b' => 'two', 'c' => [3]]
the second argument is ignored -> [[], 4, 60]
empty -> [[], []]
references -> [[], 'by reference']
nulls and false -> [[], ['f' => null, 'g' => false]]

--TEST--
Integer keys of a stored array become string keys; failures name them as integers again
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store([5 => 'five', -3 => 'minus', '007' => 'agent']));
report('fetch', fn () => [apcu_fetch('5'), apcu_fetch('-3'), apcu_fetch('007'), apcu_fetch('7')]);
report('failures', fn () => apcu_add([5 => 1, -3 => 2, '007' => 3]));
report('list', fn () => [apcu_store(['x', 'y']), apcu_fetch('0'), apcu_fetch('1')]);
--EXPECT--
store -> []
fetch -> ['five', 'minus', 'agent', false]
failures -> [5 => -1, -3 => -1, '007' => -1]
list -> [[], 'x', 'y']

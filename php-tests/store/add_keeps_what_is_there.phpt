--TEST--
apcu_add() stores only where no entry has the key
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('new', fn () => apcu_add('key', 'first'));
report('there', fn () => apcu_add('key', 'second'));
report('value', fn () => apcu_fetch('key'));
report('null is an entry', fn () => [apcu_store('null', null), apcu_add('null', 1), apcu_fetch('null')]);
report('false is an entry', fn () => [apcu_store('false', false), apcu_add('false', 1), apcu_fetch('false')]);
report('after a delete', fn () => [apcu_delete('key'), apcu_add('key', 'third'), apcu_fetch('key')]);
--EXPECT--
new -> true
there -> false
value -> 'first'
null is an entry -> [true, false, null]
false is an entry -> [true, false, false]
after a delete -> [true, true, 'third']

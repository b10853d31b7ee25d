--TEST--
A fetched string is a key like any other
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('pointer', 'target with a longer name');
apcu_store(apcu_fetch('pointer'), 'value');
$key = apcu_fetch('pointer');
apcu_store('pointer', 'overwritten');
report('fetch', fn () => apcu_fetch($key));
report('exists', fn () => apcu_exists($key));
report('inc', fn () => [apcu_delete($key), apcu_inc($key), apcu_dec($key), apcu_cas($key, 0, 7)]);
report('entry', fn () => apcu_entry($key, fn () => 'not called'));
report('bulk', fn () => [apcu_store([$key => 1]), apcu_fetch([$key]), apcu_delete([$key])]);
--EXPECT--
fetch -> 'value'
exists -> true
inc -> [true, 1, 0, true]
entry -> 7
bulk -> [[], ['target with a longer name' => 1], []]

--TEST--
A negative ttl stores an entry that nobody can fetch
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store('key', 'value', -1));
report('fetch', fn () => apcu_fetch('key'));
report('exists', fn () => apcu_exists('key'));
report('reported', fn () => apcu_key_info('key')['ttl']);
report('add over it', fn () => apcu_add('key', 'new', -5));
report('bulk', fn () => [apcu_store(['a' => 1], null, -1), apcu_fetch(['a'])]);
--EXPECT--
store -> true
fetch -> false
exists -> false
reported -> -1
add over it -> true
bulk -> [[], []]

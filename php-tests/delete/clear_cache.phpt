--TEST--
apcu_clear_cache() removes every entry and returns true
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => [2], 'c' => str_repeat('x', 10000)]);
report('clear', fn () => apcu_clear_cache());
report('exists', fn () => apcu_exists(['a', 'b', 'c']));
report('entries', fn () => apcu_cache_info(true)['num_entries']);
report('empty, again', fn () => apcu_clear_cache());
report('usable afterwards', fn () => [apcu_store('a', 2), apcu_fetch('a')]);
--EXPECT--
clear -> true
exists -> []
entries -> 0
empty, again -> true
usable afterwards -> [true, 2]

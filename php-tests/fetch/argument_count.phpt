--TEST--
Too few or too many arguments, and unknown names, are Errors as for every internal function
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
foreach (['apcu_fetch', 'apcu_exists', 'apcu_store', 'apcu_add', 'apcu_delete', 'apcu_inc', 'apcu_dec', 'apcu_cas', 'apcu_entry', 'apcu_key_info'] as $function) {
    report("$function()", fn () => $function());
}
report('apcu_fetch, 3', fn () => apcu_fetch(1, $a, 3));
report('apcu_exists, 2', fn () => apcu_exists(1, 2));
report('apcu_store, 4', fn () => apcu_store('a', 2, 3, 4));
report('apcu_add, 4', fn () => apcu_add('a', 2, 3, 4));
report('apcu_delete, 2', fn () => apcu_delete('a', 2));
report('apcu_inc, 5', fn () => apcu_inc('a', 2, $a, 4, 5));
report('apcu_dec, 5', fn () => apcu_dec('a', 2, $a, 4, 5));
report('apcu_cas, 2', fn () => apcu_cas('a', 2));
report('apcu_cas, 4', fn () => apcu_cas('a', 2, 3, 4));
report('apcu_entry, 1', fn () => apcu_entry('a'));
report('apcu_entry, 4', fn () => apcu_entry('a', fn () => 1, 0, 4));
report('apcu_key_info, 2', fn () => apcu_key_info('a', 2));
report('apcu_clear_cache, 1', fn () => apcu_clear_cache('user'));
report('apcu_cache_info, 2', fn () => apcu_cache_info(true, 2));
report('apcu_sma_info, 2', fn () => apcu_sma_info(true, 2));
report('apcu_enabled, 1', fn () => apcu_enabled(1));
report('unknown name', fn () => apcu_fetch(kye: 'a'));
report('nothing was stored', fn () => apcu_exists('a'));
--EXPECT--
apcu_fetch() -> ArgumentCountError: apcu_fetch() expects at least 1 argument, 0 given
apcu_exists() -> ArgumentCountError: apcu_exists() expects exactly 1 argument, 0 given
apcu_store() -> ArgumentCountError: apcu_store() expects at least 1 argument, 0 given
apcu_add() -> ArgumentCountError: apcu_add() expects at least 1 argument, 0 given
apcu_delete() -> ArgumentCountError: apcu_delete() expects exactly 1 argument, 0 given
apcu_inc() -> ArgumentCountError: apcu_inc() expects at least 1 argument, 0 given
apcu_dec() -> ArgumentCountError: apcu_dec() expects at least 1 argument, 0 given
apcu_cas() -> ArgumentCountError: apcu_cas() expects exactly 3 arguments, 0 given
apcu_entry() -> ArgumentCountError: apcu_entry() expects at least 2 arguments, 0 given
apcu_key_info() -> ArgumentCountError: apcu_key_info() expects exactly 1 argument, 0 given
apcu_fetch, 3 -> ArgumentCountError: apcu_fetch() expects at most 2 arguments, 3 given
apcu_exists, 2 -> ArgumentCountError: apcu_exists() expects exactly 1 argument, 2 given
apcu_store, 4 -> ArgumentCountError: apcu_store() expects at most 3 arguments, 4 given
apcu_add, 4 -> ArgumentCountError: apcu_add() expects at most 3 arguments, 4 given
apcu_delete, 2 -> ArgumentCountError: apcu_delete() expects exactly 1 argument, 2 given
apcu_inc, 5 -> ArgumentCountError: apcu_inc() expects at most 4 arguments, 5 given
apcu_dec, 5 -> ArgumentCountError: apcu_dec() expects at most 4 arguments, 5 given
apcu_cas, 2 -> ArgumentCountError: apcu_cas() expects exactly 3 arguments, 2 given
apcu_cas, 4 -> ArgumentCountError: apcu_cas() expects exactly 3 arguments, 4 given
apcu_entry, 1 -> ArgumentCountError: apcu_entry() expects at least 2 arguments, 1 given
apcu_entry, 4 -> ArgumentCountError: apcu_entry() expects at most 3 arguments, 4 given
apcu_key_info, 2 -> ArgumentCountError: apcu_key_info() expects exactly 1 argument, 2 given
apcu_clear_cache, 1 -> ArgumentCountError: apcu_clear_cache() expects exactly 0 arguments, 1 given
apcu_cache_info, 2 -> ArgumentCountError: apcu_cache_info() expects at most 1 argument, 2 given
apcu_sma_info, 2 -> ArgumentCountError: apcu_sma_info() expects at most 1 argument, 2 given
apcu_enabled, 1 -> ArgumentCountError: apcu_enabled() expects exactly 0 arguments, 1 given
unknown name -> Error: Unknown named parameter $kye
nothing was stored -> false

--TEST--
Every function of a disabled cache answers as if nothing were stored
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=0
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('enabled', fn () => apcu_enabled());
report('store', fn () => apcu_store('a', 1));
report('store without a value', fn () => apcu_store('a'));
report('store, bad key', fn () => apcu_store(5, 1));
report('store, bulk', fn () => apcu_store(['a' => 1, '5' => 2]));
report('store, empty bulk', fn () => apcu_store([]));
report('store, closure', fn () => apcu_store('a', fn () => 1));
report('store, resource', fn () => apcu_store('a', STDIN));
report('add', fn () => apcu_add('a', 1));
report('add, bulk', fn () => apcu_add(['a' => 1]));
$ok = 'untouched';
report('fetch', fn () => apcu_fetch('a', $ok));
report('success', fn () => $ok);
report('fetch, bulk', fn () => [apcu_fetch(['a', 'b'], $ok), $ok]);
report('fetch, bad element', fn () => apcu_fetch([5]));
report('fetch, object', fn () => apcu_fetch(new stdClass));
report('exists', fn () => apcu_exists('a'));
report('exists, bulk', fn () => apcu_exists(['a', 'b']));
report('delete', fn () => apcu_delete('a'));
report('delete, bulk', fn () => apcu_delete(['a', 'b']));
report('delete, int', fn () => apcu_delete(5));
report('inc', fn () => [apcu_inc('a', 1, $ok), $ok]);
report('dec', fn () => [apcu_dec('a', 1, $ok), $ok]);
report('cas', fn () => apcu_cas('a', 1, 2));
report('entry', fn () => apcu_entry('a', function () {
    echo "called\n";
    return 1;
}));
report('clear', fn () => apcu_clear_cache());
report('cache_info', fn () => apcu_cache_info());
report('cache_info, limited', fn () => apcu_cache_info(true));
report('sma_info', fn () => apcu_sma_info());
report('key_info', fn () => apcu_key_info('a'));
report('iterator', fn () => new APCUIterator);
report('iterator class', fn () => class_exists('APCUIterator', false));
--EXPECT--
enabled -> false
store -> false
store without a value -> false
store, bad key -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store, bulk -> ['a' => -1, 5 => -1]
store, empty bulk -> []
store, closure -> false
store, resource -> false
add -> false
add, bulk -> ['a' => -1]
fetch -> false
success -> 'untouched'
fetch, bulk -> [[], true]
fetch, bad element -> Warning: apcu_fetch(): apc_fetch() expects a string or array of strings. | []
fetch, object -> Error: Object of class stdClass could not be converted to string
exists -> false
exists, bulk -> []
delete -> false
delete, bulk -> ['a', 'b']
delete, int -> Warning: apcu_delete(): apc_delete() expects a string, array of strings, or APCIterator instance | false
inc -> [false, false]
dec -> [false, false]
cas -> false
entry -> null
clear -> true
cache_info -> Warning: apcu_cache_info(): No APC info available.  Perhaps APC is not enabled? Check apc.enabled in your ini file | false
cache_info, limited -> Warning: apcu_cache_info(): No APC info available.  Perhaps APC is not enabled? Check apc.enabled in your ini file | false
sma_info -> Warning: apcu_sma_info(): No APC SMA info available.  Perhaps APC is disabled via apc.enabled? | false
key_info -> null
iterator -> Error: APC must be enabled to use APCUIterator
iterator class -> true

--TEST--
Arguments may be named, in any order
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store(ttl: 60, value: 'v', key: 'k'));
report('fetch', fn () => [apcu_fetch(success: $success, key: 'k'), $success]);
report('exists', fn () => apcu_exists(key: 'k'));
report('store without the value', fn () => apcu_store('other', ttl: 60));
report('add without the value', fn () => apcu_add('other', ttl: 60));
report('inc', fn () => apcu_inc(key: 'n', step: 5));
report('inc, later names alone', fn () => [apcu_inc('n', success: $ok), $ok, apcu_inc('n', ttl: 5)]);
report('dec', fn () => apcu_dec(step: 2, key: 'n'));
report('cas', fn () => apcu_cas(new: 50, old: 5, key: 'n'));
report('entry', fn () => apcu_entry(callback: fn ($key) => "made $key", key: 'e'));
report('delete', fn () => apcu_delete(key: 'k'));
report('key_info', fn () => apcu_key_info(key: 'gone'));
report('cache_info', fn () => isset(apcu_cache_info(limited: false)['cache_list']));
report('sma_info', fn () => isset(apcu_sma_info(limited: true)['block_lists']));
report('iterator', fn () => (new APCUIterator(format: APC_ITER_KEY, search: '/^n$/'))->key());
--EXPECT--
store -> true
fetch -> ['v', true]
exists -> true
store without the value -> ArgumentCountError: apcu_store(): Argument #2 ($value) must be passed explicitly, because the default value is not known
add without the value -> ArgumentCountError: apcu_add(): Argument #2 ($value) must be passed explicitly, because the default value is not known
inc -> 5
inc, later names alone -> [6, true, 7]
dec -> 5
cas -> true
entry -> 'made e'
delete -> true
key_info -> null
cache_info -> true
sma_info -> false
iterator -> 'n'

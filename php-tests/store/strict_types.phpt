--TEST--
Under strict_types typed keys must be strings, untyped ones behave as ever
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/../support/report.inc';
report('store', fn () => apcu_store(5, 'v'));
report('inc', fn () => apcu_inc(5));
report('dec', fn () => apcu_dec(5));
report('cas', fn () => apcu_cas(5, 1, 2));
report('cas, old', fn () => apcu_cas('k', '1', 2));
report('inc, step', fn () => apcu_inc('k', '1'));
report('entry', fn () => apcu_entry(5, fn () => 1));
report('key_info', fn () => apcu_key_info(5));
report('cache_info', fn () => apcu_cache_info(1));
report('iterator', fn () => new APCUIterator(null, '1'));
--EXPECT--
store -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
inc -> TypeError: apcu_inc(): Argument #1 ($key) must be of type string, int given
dec -> TypeError: apcu_dec(): Argument #1 ($key) must be of type string, int given
cas -> TypeError: apcu_cas(): Argument #1 ($key) must be of type string, int given
cas, old -> TypeError: apcu_cas(): Argument #2 ($old) must be of type int, string given
inc, step -> TypeError: apcu_inc(): Argument #2 ($step) must be of type int, string given
entry -> TypeError: apcu_entry(): Argument #1 ($key) must be of type string, int given
key_info -> TypeError: apcu_key_info(): Argument #1 ($key) must be of type string, int given
cache_info -> TypeError: apcu_cache_info(): Argument #1 ($limited) must be of type bool, int given
iterator -> TypeError: APCUIterator::__construct(): Argument #2 ($format) must be of type int, string given

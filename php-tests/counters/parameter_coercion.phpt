--TEST--
Keys, steps and values of the counters are typed parameters
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('5', 1);
report('int key', fn () => apcu_inc(5));
report('float key', fn () => apcu_inc(5.0));
report('true as a key', fn () => [apcu_inc(true), apcu_fetch('1')]);
report('null as a key', fn () => [apcu_inc(null), apcu_fetch('')]);
report('array as a key', fn () => apcu_inc([]));
report('object as a key', fn () => apcu_inc(new stdClass));
report('numeric step', fn () => apcu_inc('5', '5'));
report('text step', fn () => apcu_inc('5', 'abc'));
report('fraction', fn () => apcu_dec('5', 1.5));
report('null step', fn () => apcu_dec('5', null));
report('text ttl', fn () => apcu_inc('5', 1, $ok, 'abc'));
report('null cas', fn () => apcu_cas('5', null, 1));
report('text cas', fn () => apcu_cas('5', 'a', 1));
report('key of cas', fn () => apcu_cas(5, 7, 70));
report('value', fn () => apcu_fetch('5'));
--EXPECT--
int key -> 2
float key -> 3
true as a key -> [1, 1]
null as a key -> Deprecated: apcu_inc(): Passing null to parameter #1 ($key) of type string is deprecated | [1, 1]
array as a key -> TypeError: apcu_inc(): Argument #1 ($key) must be of type string, array given
object as a key -> TypeError: apcu_inc(): Argument #1 ($key) must be of type string, stdClass given
numeric step -> 8
text step -> TypeError: apcu_inc(): Argument #2 ($step) must be of type int, string given
fraction -> Deprecated: Implicit conversion from float 1.5 to int loses precision | 7
null step -> Deprecated: apcu_dec(): Passing null to parameter #2 ($step) of type int is deprecated | 7
text ttl -> TypeError: apcu_inc(): Argument #4 ($ttl) must be of type int, string given
null cas -> Deprecated: apcu_cas(): Passing null to parameter #2 ($old) of type int is deprecated | false
text cas -> TypeError: apcu_cas(): Argument #2 ($old) must be of type int, string given
key of cas -> true
value -> 70

--TEST--
The ttl is an int parameter: numeric strings pass, others raise what PHP raises
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('numeric string', fn () => apcu_store('k', 'v', '5'));
report('other string', fn () => apcu_store('k2', 'v', 'abc'));
report('leading number', fn () => apcu_store('k2', 'v', '5 s'));
report('fraction', fn () => apcu_store('k', 'v', 1.5));
report('whole float', fn () => apcu_store('k', 'v', 2.0));
report('null', fn () => apcu_store('k', 'v', null));
report('bool', fn () => apcu_store('k', 'v', true));
report('array', fn () => apcu_store('k2', 'v', []));
report('object', fn () => apcu_store('k2', 'v', new stdClass));
report('add', fn () => apcu_add('k2', 'v', 'abc'));
report('bulk', fn () => apcu_store(['k2' => 1], null, 'abc'));
report('too large', fn () => apcu_store('k2', 'v', 1e30));
report('not stored', fn () => apcu_exists('k2'));
--EXPECT--
numeric string -> true
other string -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, string given
leading number -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, string given
fraction -> Deprecated: Implicit conversion from float 1.5 to int loses precision | true
whole float -> true
null -> Deprecated: apcu_store(): Passing null to parameter #3 ($ttl) of type int is deprecated | true
bool -> true
array -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, array given
object -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, stdClass given
add -> TypeError: apcu_add(): Argument #3 ($ttl) must be of type int, string given
bulk -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, string given
too large -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, float given
not stored -> false

--TEST--
Under strict_types a ttl that is no int is a TypeError
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/../support/report.inc';
report('string', fn () => apcu_store('k', 'v', '5'));
report('float', fn () => apcu_store('k', 'v', 1.0));
report('null', fn () => apcu_add('k', 'v', null));
report('not stored', fn () => apcu_exists('k'));
--EXPECT--
string -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, string given
float -> TypeError: apcu_store(): Argument #3 ($ttl) must be of type int, float given
null -> TypeError: apcu_add(): Argument #3 ($ttl) must be of type int, null given
not stored -> false

--TEST--
The probes that frameworks use say that the cache can be used
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
var_dump(function_exists('apcu_fetch') && filter_var(ini_get('apc.enabled'), FILTER_VALIDATE_BOOL));
var_dump(PHP_SAPI === 'cli' && ini_get('apc.enable_cli') == 1);
var_dump(apcu_enabled(), extension_loaded('apcu'), class_exists(\APCUIterator::class, false), defined('APC_ITER_KEY'));
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)

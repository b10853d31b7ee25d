--TEST--
On the command line the cache is off unless apc.enable_cli says otherwise
--EXTENSIONS--
apcu
--FILE--
<?php
var_dump(apcu_enabled(), ini_get('apc.enabled'), ini_get('apc.enable_cli'), apcu_store('a', 1), apcu_fetch('a'));
--EXPECT--
bool(false)
string(1) "1"
string(1) "0"
bool(false)
bool(false)

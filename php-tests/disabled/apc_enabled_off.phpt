--TEST--
apc.enabled=0 switches it off also with apc.enable_cli
--EXTENSIONS--
apcu
--INI--
apc.enabled=0
apc.enable_cli=1
--FILE--
<?php
var_dump(apcu_enabled(), apcu_store('a', 1), apcu_fetch('a'), extension_loaded('apcu'));
--EXPECT--
bool(false)
bool(false)
bool(false)
bool(true)

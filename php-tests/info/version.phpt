--TEST--
The version of the module apcu is at least that of the contract
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
var_dump(version_compare(phpversion('apcu'), '5.1.28', '>='), phpversion('trove') !== false);
--EXPECT--
bool(true)
bool(true)

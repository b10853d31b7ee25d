--TEST--
phpinfo() of the module apcu says that it is disabled
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=0
--FILE--
<?php
ob_start();
phpinfo(INFO_MODULES);
var_dump(str_contains(ob_get_clean(), 'APCu Support => Disabled'));
--EXPECT--
bool(true)

--TEST--
An object that is no APCUIterator ends the script with a fatal error
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_delete(new ArrayObject);
echo "not reached\n";
--EXPECTF--
Fatal error: apcu_delete(): apc_delete object argument must be instance of APCUIterator. in %s on line %d

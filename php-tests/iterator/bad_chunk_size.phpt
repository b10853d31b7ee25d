--TEST--
A negative chunk size is a fatal error
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
new APCUIterator(null, APC_ITER_ALL, -1);
echo "not reached\n";
--EXPECTF--
Fatal error: APCUIterator::__construct(): APCUIterator chunk size must be 0 or greater in %s on line %d

--TEST--
A format of more than 32 bits is a fatal error
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
new APCUIterator(null, 0x100000000);
echo "not reached\n";
--EXPECTF--
Fatal error: APCUIterator::__construct(): APCUIterator format is invalid in %s on line %d

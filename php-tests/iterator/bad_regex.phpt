--TEST--
A regular expression that does not compile is PCRE's warning and a fatal error
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
new APCUIterator('/(/');
echo "not reached\n";
--EXPECTF--
Warning: APCUIterator::__construct(): Compilation failed: missing closing parenthesis at offset 1 in %s on line %d

Fatal error: APCUIterator::__construct(): Could not compile regular expression: /(/ in %s on line %d

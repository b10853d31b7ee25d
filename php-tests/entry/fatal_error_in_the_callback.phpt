--TEST--
A fatal error in the callback ends the script cleanly
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
register_shutdown_function(function () {
    echo "\n", var_export(apcu_exists('key'), true), "\n";
    echo apcu_entry('key', fn () => 'computed at shutdown'), "\n";
});
ini_set('memory_limit', '8M');
apcu_entry('key', fn () => strlen(str_repeat('x', 100_000_000)));
--EXPECTF--
Fatal error: Allowed memory size of 8388608 bytes exhausted%S (tried to allocate %d bytes) in %s on line %d

false
computed at shutdown

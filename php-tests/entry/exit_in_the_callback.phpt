--TEST--
exit in the callback ends the script and leaves the key free
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
register_shutdown_function(function () {
    echo var_export(apcu_exists('key'), true), "\n";
    echo apcu_entry('key', fn () => 'computed at shutdown'), "\n";
});
apcu_entry('key', function () {
    exit("exit\n");
});
echo "not reached\n";
--EXPECT--
exit
false
computed at shutdown

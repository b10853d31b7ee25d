--TEST--
Changing a counter is no hit
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('n', 1);
apcu_inc('n');
apcu_dec('n');
apcu_cas('n', 1, 2);
echo apcu_key_info('n')['hits'], "\n";
--EXPECT--
0

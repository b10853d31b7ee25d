--TEST--
Replacing an entry starts its hits, times and ttl afresh
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('key', 1, 100);
apcu_fetch('key');
apcu_fetch('key');
$before = apcu_key_info('key');
apcu_store('key', 2, 50);
$after = apcu_key_info('key');
echo "hits {$before['hits']} {$after['hits']}, ttl {$before['ttl']} {$after['ttl']}\n";
--EXPECT--
hits 2 0, ttl 100 50

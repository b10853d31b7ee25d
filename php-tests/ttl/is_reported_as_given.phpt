--TEST--
A ttl is reported as it was given, whenever in a second the entry was stored
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$wrong = $stored = 0;
for ($end = microtime(true) + 1.3; microtime(true) < $end; usleep(3000)) {
    foreach ([1, 2, 59, 86400, PHP_INT_MAX >> 32] as $ttl) {
        apcu_store('key', 1, $ttl);
        $wrong += apcu_key_info('key')['ttl'] !== $ttl;
        $stored++;
    }
}
var_dump($wrong, $stored > 50);
--EXPECT--
int(0)
bool(true)

--TEST--
The ttl of apcu_inc() applies where it makes the entry, not to an existing one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_inc('new', 1, $ok, 100);
apcu_inc('new', 1, $ok, 5);
apcu_dec('down', 1, $ok, 70);
apcu_store('old', 1, 50);
apcu_inc('old', 1, $ok, 100);
apcu_cas('old', 2, 3);
apcu_inc('none');
foreach (['new', 'down', 'old', 'none'] as $key) {
    echo $key, ' ', apcu_key_info($key)['ttl'], ' ', apcu_fetch($key), "\n";
}
--EXPECT--
new 100 2
down 70 -1
old 50 3
none 0 1

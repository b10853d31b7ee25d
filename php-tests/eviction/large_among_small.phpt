--TEST--
A large value finds room among many small ones, up to half of the memory
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
for ($i = 0; $i < 20_000; $i++) {
    apcu_store("small$i", "value $i");
}
foreach ([10_000, 100_000, 500_000, 1_000_000, 2_000_000] as $bytes) {
    var_dump(apcu_store("large $bytes", str_repeat('x', $bytes)) && strlen(apcu_fetch("large $bytes")) === $bytes);
}
for ($i = 0; $i < 200; $i++) {
    if (!apcu_store("size $i", str_repeat('y', 1 << $i % 20))) {
        echo 1 << $i % 20, " bytes found no room\n";
    }
}
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)

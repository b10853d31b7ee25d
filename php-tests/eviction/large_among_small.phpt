--TEST--
A large value finds room among many small ones, up to half of the memory
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['trove.memory' => '4M', 'error_log' => '/dev/null']);
for ($i = 0; $i < 20_000; $i++) {
    apcu_store("small$i", "value $i");
}
foreach ([10_000, 100_000, 500_000, 1_000_000, 2_000_000] as $bytes) {
    // Fetched by another process: what this one had fetched, it would hold to its end.
    echo $bytes, apcu_store("large $bytes", str_repeat('x', $bytes)) ? ' stored, ' : ' not stored, ',
        Php::once("echo strlen(apcu_fetch('large $bytes'));"), "\n";
}
for ($i = 0; $i < 200; $i++) {
    if (!apcu_store("size $i", str_repeat('y', 1 << $i % 20))) {
        echo 1 << $i % 20, " bytes found no room\n";
    }
}
--EXPECT--
10000 stored, 10000
100000 stored, 100000
500000 stored, 500000
1000000 stored, 1000000
2000000 stored, 2000000

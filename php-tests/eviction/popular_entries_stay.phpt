--TEST--
Entries that are fetched again and again outlast a flood of entries that nobody asks for
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
for ($i = 0; $i < 100; $i++) {
    apcu_store("popular$i", str_repeat('p', 1000));
}
for ($i = 0; $i < 20_000; $i++) {
    apcu_store("flood$i", str_repeat('f', 1000));
    apcu_fetch('popular' . $i % 100);
    apcu_fetch('popular' . ($i * 7) % 100);
}
$left = count(apcu_exists(array_map(fn ($i) => "popular$i", range(0, 99))));
echo $left >= 95 ? 'stayed' : "$left of 100 left", "\n";
--EXPECT--
stayed

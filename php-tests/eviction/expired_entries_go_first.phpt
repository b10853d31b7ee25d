--TEST--
Expired entries make room before living ones do
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
for ($i = 0; $i < 500; $i++) {
    apcu_store("living$i", str_repeat('l', 1000));
}
for ($i = 0; $i < 2000; $i++) {
    apcu_store("expired$i", str_repeat('e', 1000), -1);
}
for ($i = 0; $i < 2000; $i++) {
    apcu_store("new$i", str_repeat('n', 1000));
}
$left = count(apcu_exists(array_map(fn ($i) => "living$i", range(0, 499))));
echo $left >= 490 ? 'stayed' : "$left of 500 left", "\n";
--EXPECT--
stayed

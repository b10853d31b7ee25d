--TEST--
What was fetched before stays as it was when the entry is changed or deleted
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', ['version' => 'one', 'list' => range(1, 5)]);
$one = apcu_fetch('key');
apcu_store('key', ['version' => 'two']);
$two = apcu_fetch('key');
apcu_delete('key');
for ($i = 0; $i < 1000; $i++) {
    apcu_store("filler$i", str_repeat(chr(65 + $i % 26), 200));
}
apcu_clear_cache();
echo text($one), "\n", text($two), "\n";
--EXPECT--
['version' => 'one', 'list' => [1, 2, 3, 4, 5]]
['version' => 'two']

--TEST--
An entry deleted after its chunk was read is still shown
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => 2, 'c' => 3]);
$seen = [];
foreach (new APCUIterator(null, APC_ITER_KEY | APC_ITER_VALUE) as $key => $item) {
    apcu_delete(['a', 'b', 'c']);
    $seen[$key] = $item['value'];
}
ksort($seen);
echo text($seen), ' ', (new APCUIterator)->getTotalCount(), "\n";
--EXPECT--
['a' => 1, 'b' => 2, 'c' => 3] 0

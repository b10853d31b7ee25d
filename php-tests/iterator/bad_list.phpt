--TEST--
An invalid list type is a warning, and the iterator cannot be used
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
foreach ([0, 3, -1] as $list) {
    report("list $list", function () use ($list, &$iterator) {
        $iterator = new APCUIterator(null, APC_ITER_ALL, 0, $list);
    });
    report('use', fn () => $iterator->valid());
}
--EXPECT--
list 0 -> Warning: APCUIterator::__construct(): APCUIterator invalid list type | null
use -> Error: Trying to use uninitialized APCUIterator
list 3 -> Warning: APCUIterator::__construct(): APCUIterator invalid list type | null
use -> Error: Trying to use uninitialized APCUIterator
list -1 -> Warning: APCUIterator::__construct(): APCUIterator invalid list type | null
use -> Error: Trying to use uninitialized APCUIterator

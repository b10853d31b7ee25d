--TEST--
An array of strings names the keys to be found
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => 2, 'c' => 3, '5' => 4]);
foreach ([['a', 'c'], ['a', 'nowhere'], [], ['x' => 'b'], ['a', 'a'], [1, null, 1.5, 'b'], ['/a/']] as $list) {
    $keys = array_keys(iterator_to_array(new APCUIterator($list, APC_ITER_NONE)));
    sort($keys);
    report(text($list), fn () => $keys);
}
--EXPECT--
['a', 'c'] -> ['a', 'c']
['a', 'nowhere'] -> ['a']
[] -> []
['x' => 'b'] -> ['b']
['a', 'a'] -> ['a']
[1, null, 1.5, 'b'] -> ['b']
['/a/'] -> []

--TEST--
apcu_store() and apcu_add() cast no key: they warn and return false
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
foreach (['int' => 5, 'null' => null, 'float' => 1.5, 'true' => true, 'stdClass' => new stdClass, 'Stringable' => new Exception('x')] as $name => $key) {
    report("store $name", fn () => apcu_store($key, 'v'));
    report("add $name", fn () => apcu_add($key, 'v'));
}
report('nothing was stored', fn () => iterator_to_array(new APCUIterator(null, APC_ITER_NONE)));
--EXPECT--
store int -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add int -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store null -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add null -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store float -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add float -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store true -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add true -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store stdClass -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add stdClass -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
store Stringable -> Warning: apcu_store(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
add Stringable -> Warning: apcu_add(): apc_store expects key parameter to be a string or an array of key/value pairs. | false
nothing was stored -> []

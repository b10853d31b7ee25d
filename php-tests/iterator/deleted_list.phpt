--TEST--
APC_LIST_DELETED walks what was deleted while in use: nothing, in one quiet process
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('a', 1);
apcu_delete('a');
report('items', fn () => iterator_to_array(new APCUIterator(null, APC_ITER_ALL, 0, APC_LIST_DELETED)));
report('count', fn () => (new APCUIterator(null, APC_ITER_ALL, 0, APC_LIST_DELETED))->getTotalCount());
report('delete', fn () => apcu_delete(new APCUIterator(null, APC_ITER_ALL, 0, APC_LIST_DELETED)));
--EXPECT--
items -> []
count -> 0
delete -> true

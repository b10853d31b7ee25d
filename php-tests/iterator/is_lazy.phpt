--TEST--
The first chunk is read at the first use, and rewind() reads anew
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$iterator = new APCUIterator('/^k/', APC_ITER_VALUE);
apcu_store('k', 1);
report('valid before rewind', fn () => $iterator->valid());
report('current', fn () => $iterator->current());
apcu_store('k', 2);
report('a snapshot of its chunk', fn () => $iterator->current());
report('next', fn () => [$iterator->next(), $iterator->valid()]);
report('rewind', fn () => [$iterator->rewind(), $iterator->valid(), $iterator->current()]);
report('key first', fn () => (new APCUIterator)->key());
report('next first', fn () => [($other = new APCUIterator)->next(), $other->valid()]);
--EXPECT--
valid before rewind -> true
current -> ['value' => 1]
a snapshot of its chunk -> ['value' => 1]
next -> [null, false]
rewind -> [null, true, ['value' => 2]]
key first -> 'k'
next first -> [null, true]

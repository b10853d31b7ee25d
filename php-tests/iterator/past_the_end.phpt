--TEST--
key() and current() past the end throw an Error
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$iterator = new APCUIterator;
report('empty, valid', fn () => $iterator->valid());
report('empty, key', fn () => $iterator->key());
report('empty, current', fn () => $iterator->current());
apcu_store('a', 1);
$iterator->rewind();
$iterator->next();
report('valid', fn () => $iterator->valid());
report('key', fn () => $iterator->key());
report('current', fn () => $iterator->current());
report('next', fn () => [$iterator->next(), $iterator->next(), $iterator->valid()]);
--EXPECT--
empty, valid -> false
empty, key -> Error: Cannot call key() on invalid iterator
empty, current -> Error: Cannot call current() on invalid iterator
valid -> false
key -> Error: Cannot call key() on invalid iterator
current -> Error: Cannot call current() on invalid iterator
next -> [null, null, false]

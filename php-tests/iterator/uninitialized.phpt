--TEST--
A subclass that skips the constructor gets an Error from every method
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Sub extends APCUIterator
{
    public function __construct()
    {
    }
}
$iterator = new Sub;
foreach (['rewind', 'valid', 'key', 'current', 'next', 'getTotalHits', 'getTotalSize', 'getTotalCount'] as $method) {
    report($method, fn () => $iterator->$method());
}
report('apcu_delete', fn () => apcu_delete($iterator));
report('foreach', function () use ($iterator) {
    foreach ($iterator as $item) {
    }
});
report('newInstanceWithoutConstructor', fn () => (new ReflectionClass('APCUIterator'))->newInstanceWithoutConstructor()->valid());
--EXPECT--
rewind -> Error: Trying to use uninitialized APCUIterator
valid -> Error: Trying to use uninitialized APCUIterator
key -> Error: Trying to use uninitialized APCUIterator
current -> Error: Trying to use uninitialized APCUIterator
next -> Error: Trying to use uninitialized APCUIterator
getTotalHits -> Error: Trying to use uninitialized APCUIterator
getTotalSize -> Error: Trying to use uninitialized APCUIterator
getTotalCount -> Error: Trying to use uninitialized APCUIterator
apcu_delete -> Error: Trying to use uninitialized APCUIterator
foreach -> Error: Trying to use uninitialized APCUIterator
newInstanceWithoutConstructor -> Error: Trying to use uninitialized APCUIterator

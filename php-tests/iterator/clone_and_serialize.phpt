--TEST--
The iterator cannot be cloned; serialized and back it is uninitialized
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('clone', fn () => clone new APCUIterator);
report('serialize', fn () => serialize(new APCUIterator));
report('unserialize', fn () => unserialize('O:12:"APCUIterator":0:{}')->valid());
report('dynamic property', function () {
    $iterator = new APCUIterator;
    $iterator->property = 1;
    return $iterator->property;
});
--EXPECT--
clone -> Error: Trying to clone an uncloneable object of class APCUIterator
serialize -> 'O:12:"APCUIterator":0:{}'
unserialize -> Error: Trying to use uninitialized APCUIterator
dynamic property -> Deprecated: Creation of dynamic property APCUIterator::$property is deprecated | 1

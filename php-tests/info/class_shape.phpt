--TEST--
APCUIterator is an extensible, uncloneable Iterator, found under any case of its name
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$class = new ReflectionClass('apcuiterator');
echo $class->getName(), ' of ', $class->getExtensionName(), "\n";
echo text([$class->isFinal(), $class->isInstantiable(), $class->isCloneable(), $class->isIterable()]), "\n";
echo text([$class->getInterfaceNames(), $class->getConstants(), $class->getProperties()]), "\n";
echo text([new APCUIterator instanceof Traversable, class_exists(\APCuIterator::class, false)]), "\n";
--EXPECT--
APCUIterator of apcu
[false, true, false, true]
[['Iterator', 'Traversable'], [], []]
[true, true]

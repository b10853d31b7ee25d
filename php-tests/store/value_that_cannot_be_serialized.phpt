--TEST--
A closure, generator or anonymous class throws what serialize() throws, and the old value stays
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$bad = [
    'closure' => fn () => 1,
    'generator' => (function () { yield 1; })(),
    'anonymous class' => new class {},
    'reflection' => new ReflectionClass('stdClass'),
    'closure in an array' => [1, ['deep' => fn () => 1]],
    'closure in an object' => (object) ['property' => [strlen(...)]],
    'file object' => new SplFileObject(__FILE__),
    'weak map' => new WeakMap,
];
apcu_store('old', 'value');
foreach ($bad as $name => $value) {
    report("serialize, $name", fn () => serialize($value));
    report('store', fn () => apcu_store('old', $value));
    report('add', fn () => apcu_add('new', $value));
    report('entry', fn () => apcu_entry('new', fn () => $value));
}
report('old value', fn () => apcu_fetch('old'));
report('nothing new', fn () => apcu_exists('new'));
--EXPECT--
serialize, closure -> Exception: Serialization of 'Closure' is not allowed
store -> Exception: Serialization of 'Closure' is not allowed
add -> Exception: Serialization of 'Closure' is not allowed
entry -> Exception: Serialization of 'Closure' is not allowed
serialize, generator -> Exception: Serialization of 'Generator' is not allowed
store -> Exception: Serialization of 'Generator' is not allowed
add -> Exception: Serialization of 'Generator' is not allowed
entry -> Exception: Serialization of 'Generator' is not allowed
serialize, anonymous class -> Exception: Serialization of 'class@anonymous' is not allowed
store -> Exception: Serialization of 'class@anonymous' is not allowed
add -> Exception: Serialization of 'class@anonymous' is not allowed
entry -> Exception: Serialization of 'class@anonymous' is not allowed
serialize, reflection -> Exception: Serialization of 'ReflectionClass' is not allowed
store -> Exception: Serialization of 'ReflectionClass' is not allowed
add -> Exception: Serialization of 'ReflectionClass' is not allowed
entry -> Exception: Serialization of 'ReflectionClass' is not allowed
serialize, closure in an array -> Exception: Serialization of 'Closure' is not allowed
store -> Exception: Serialization of 'Closure' is not allowed
add -> Exception: Serialization of 'Closure' is not allowed
entry -> Exception: Serialization of 'Closure' is not allowed
serialize, closure in an object -> Exception: Serialization of 'Closure' is not allowed
store -> Exception: Serialization of 'Closure' is not allowed
add -> Exception: Serialization of 'Closure' is not allowed
entry -> Exception: Serialization of 'Closure' is not allowed
serialize, file object -> Exception: Serialization of 'SplFileObject' is not allowed
store -> Exception: Serialization of 'SplFileObject' is not allowed
add -> Exception: Serialization of 'SplFileObject' is not allowed
entry -> Exception: Serialization of 'SplFileObject' is not allowed
serialize, weak map -> Exception: Serialization of 'WeakMap' is not allowed
store -> Exception: Serialization of 'WeakMap' is not allowed
add -> Exception: Serialization of 'WeakMap' is not allowed
entry -> Exception: Serialization of 'WeakMap' is not allowed
old value -> 'value'
nothing new -> false

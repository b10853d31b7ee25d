--TEST--
Trove\Cache: what store() put there, fetch() and has() find, in this cache alone, until delete()
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$one = new Trove\Cache('one');
$two = new Trove\Cache('two');
var_dump($one->name(), (new Trove\Cache)->name());

$value = ['a' => 1, 'list' => [1, 2, 3], 'object' => new ArrayObject([5])];
var_dump($one->store('key', $value));
var_dump($one->fetch('key') == $value, $one->has('key'));
var_dump($two->fetch('key'), $two->fetch('key', 'default'), $two->has('key'));

// Another object of the same name is the same cache.
var_dump((new Trove\Cache('one'))->has('key'));

// A stored null is a value.
var_dump($one->store('null', null), $one->fetch('null', 'default'), $one->has('null'));

// Keys are bytes.
foreach (["\0", "\xff\xfe", '123', str_repeat('k', 70000)] as $i => $key) {
    var_dump($one->store($key, $i), $one->fetch($key));
}

var_dump($one->delete('key'), $one->delete('key'), $one->has('key'));
?>
--EXPECT--
string(3) "one"
string(7) "default"
bool(true)
bool(true)
bool(true)
NULL
string(7) "default"
bool(false)
bool(true)
bool(true)
NULL
bool(true)
bool(true)
int(0)
bool(true)
int(1)
bool(true)
int(2)
bool(true)
int(3)
bool(true)
bool(false)
bool(false)

--TEST--
fetchMultiple(), storeMultiple(), deleteMultiple() take arrays and iterators; keys come back as PHP has them in arrays
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
var_dump($c->storeMultiple(['a' => 1, 'b' => ['x' => [2]], 5 => 'five', "\0\xff" => null], 100, ['t']));
echo json_encode(array_map(fn ($v) => $v ?? 'null', array_values($c->fetchMultiple(['b', 'none', '5', 5, "\0\xff"], 'default')))), "\n";
var_dump(array_keys($c->fetchMultiple(['b', 'none', '5'])));
var_dump($c->countByTag('t'), round($c->entry('5')->expires - microtime(true), -1));

function generator(): iterable
{
    yield 'g' => 'first';
    yield 'g' => 'second';
    yield 7 => 'seven';
}
var_dump($c->storeMultiple(generator()), $c->fetch('g'), $c->fetch('7'));
var_dump($c->storeMultiple(new ArrayObject(['o' => 1])), $c->fetch('o'));
var_dump(json_encode($c->fetchMultiple(new ArrayIterator(['g', 'o']))));
var_dump($c->storeMultiple([]), $c->fetchMultiple([]), $c->deleteMultiple([]));

echo "-- an iterator that throws\n";
try {
    $c->storeMultiple((function () { yield 'new' => 1; throw new Exception('in the iterator'); })());
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
try {
    $c->fetchMultiple((function () { yield 'a'; throw new Exception('in the iterator'); })());
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
var_dump($c->has('new'));

var_dump($c->deleteMultiple(['a', 'b', 'none', 5]), $c->deleteMultiple((fn () => yield 'g')()), $c->has('b'), $c->has('7'));
?>
--EXPECT--
bool(true)
[{"x":[2]},"default","five","null"]
array(3) {
  [0]=>
  string(1) "b"
  [1]=>
  string(4) "none"
  [2]=>
  int(5)
}
int(4)
float(100)
bool(true)
string(6) "second"
string(5) "seven"
bool(true)
int(1)
string(20) "{"g":"second","o":1}"
bool(true)
array(0) {
}
int(0)
-- an iterator that throws
in the iterator
in the iterator
bool(false)
int(3)
int(1)
bool(false)
bool(true)

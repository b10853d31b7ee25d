--TEST--
storeMultiple() of very many values takes a time in proportion; of a key that comes twice, the last value stays
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=64M
--FILE--
<?php
$cache = new Trove\Cache('many');
// Were each of them looked for among all the others, this would take minutes.
var_dump($cache->storeMultiple(array_fill(0, 200_000, 1)), count($cache));
$cache->storeMultiple((function () {
    yield 'a' => 'first';
    yield 'b' => 'b';
    yield 'a' => 'last';
})());
var_dump($cache->fetchMultiple(['a', 'b']));
?>
--EXPECT--
bool(true)
int(200000)
array(2) {
  ["a"]=>
  string(4) "last"
  ["b"]=>
  string(1) "b"
}

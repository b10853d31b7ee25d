--TEST--
A cache with the option null takes every store and keeps nothing; what was there before comes back with the option gone
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$cache->store('old', 'value', tags: ['t']);
$cache->configure(['null' => true]);

$again = new Trove\Cache('pages');
foreach ([$cache, $again] as $null) {
    var_dump($null->store('key', 1, 10, ['t'], 5), $null->add('key', 1), $null->replace('key', 1), $null->storeMultiple(['a' => 1, 'b' => 2]));
    var_dump($null->fetch('key', 'missing'), $null->fetchMultiple(['a', 'old']), $null->has('old'), $null->delete('old'), $null->touch('old', 5));
    var_dump($null->increment('n', 5), $null->increment('n', 5), $null->compareAndSwap('old', 'value', 'new'));
    $null->invalidateTags(['t']);
    var_dump($null->keysByTag('t'), iterator_to_array($null));
}
$computed = 0;
for ($i = 0; $i < 3; $i++) {
    $cache->remember('r', function () use (&$computed) { return ++$computed; });
}
var_dump($computed);
$cache->configure(['null' => null]);
var_dump($cache->fetch('old'), $cache->count());
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(true)
string(7) "missing"
array(2) {
  ["a"]=>
  NULL
  ["old"]=>
  NULL
}
bool(false)
bool(false)
bool(false)
int(5)
int(5)
bool(false)
array(0) {
}
array(0) {
}
bool(true)
bool(true)
bool(false)
bool(true)
string(7) "missing"
array(2) {
  ["a"]=>
  NULL
  ["old"]=>
  NULL
}
bool(false)
bool(false)
bool(false)
int(5)
int(5)
bool(false)
array(0) {
}
array(0) {
}
int(3)
string(5) "value"
int(1)

--TEST--
Two named caches with the same keys and tags do not see each other; a flush touches one of them alone
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
[$one, $two] = [new Trove\Cache('one'), new Trove\Cache('two')];
$one->store('k', 'one', tags: ['t']);
$two->store('k', 'two', tags: ['t']);
apcu_store('k', 'apcu');
$all = fn () => implode(' ', [$one->fetch('k', '-'), $two->fetch('k', '-'), apcu_fetch('k') ?: '-', count($one), count($two), $one->countByTag('t'), $two->countByTag('t')]);
echo $all(), "\n";
$one->invalidateTags(['t']);
echo $all(), "\n";
$one->store('k', 'again', tags: ['t']);
$two->flush();
echo $all(), "\n";
$one->delete('k');
echo $all(), "\n";
$one->store('k', 'one');
$two->store('k', 'two');
apcu_clear_cache();
echo $all(), "\n";
$one->deleteMatchingTags([]);
echo $all(), "\n";
var_dump(array_keys(Trove\Cache::all()), Trove\Cache::all()['two']->fetch('k'));
var_dump(iterator_to_array($two), $two->keys()->valid(), $one->keys()->valid());
?>
--EXPECT--
one two apcu 1 1 1 1
- two apcu 0 1 0 1
again - apcu 1 0 1 0
- - apcu 0 0 0 0
one two - 1 1 0 0
- two - 0 1 0 0
array(2) {
  [0]=>
  string(3) "one"
  [1]=>
  string(3) "two"
}
string(3) "two"
array(1) {
  ["k"]=>
  string(3) "two"
}
bool(true)
bool(false)

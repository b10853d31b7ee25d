--TEST--
A cache with the option null takes every store and keeps nothing; deletes and invalidations still act, and what they leave comes back with the option gone
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$cache->store('old', 'value', tags: ['u']);
$open = new Trove\Cache('pages');
var_dump($open->has('old'));
$cache->configure(['null' => true]);

$again = new Trove\Cache('pages');
foreach ([$cache, $open, $again] as $null) {
    var_dump($null->store('key', 1, 10, ['t'], 5), $null->add('key', 1), $null->replace('key', 1), $null->storeMultiple(['a' => 1, 'b' => 2]));
    var_dump($null->fetch('key', 'missing'), $null->fetchMultiple(['a', 'old']), $null->has('old'), $null->delete('key'), $null->touch('old', 5));
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
var_dump($open->fetch('old'), $cache->fetch('old'), $cache->count());

echo "Deleted and invalidated meanwhile:\n";
$ways = [
    'delete' => fn () => $open->delete('k'),
    'deleteMultiple' => fn () => $open->deleteMultiple(['k', 'none']),
    'invalidateTags' => fn () => $open->invalidateTags(['t']),
    'deleteMatchingTags' => fn () => $open->deleteMatchingTags(['t']),
    'deleteMatchingTags, none of' => fn () => $open->deleteMatchingTags([], ['other']),
    'beginInvalidation' => fn () => $open->beginInvalidation(['t'])->commit(),
    'flush' => fn () => $open->flush(),
    'refresh' => fn () => $open->refresh('k'),
    'refreshTags' => fn () => $open->refreshTags(['t']),
];
foreach ($ways as $name => $way) {
    $cache->store('k', 'v', 100, ['t'], 100);
    $cache->configure(['null' => true]);
    $result = $way();
    $cache->configure(['null' => false]);
    echo "$name: ", json_encode($result), ' ', $cache->entry('k')->state, "\n";
}
?>
--EXPECT--
bool(true)
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
string(5) "value"
int(1)
Deleted and invalidated meanwhile:
delete: true missing
deleteMultiple: 1 missing
invalidateTags: null missing
deleteMatchingTags: 1 missing
deleteMatchingTags, none of: 2 missing
beginInvalidation: null missing
flush: null missing
refresh: true stale
refreshTags: null stale

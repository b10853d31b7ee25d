--TEST--
A frozen cache refuses every write with an exception until its flush(), and serves what has expired
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('built');
$cache->store('key', 'value', 0.2, ['t']);
$cache->store('key with a window', 'value', 0.2, ['t'], 0.2);
$cache->store('n', 1);
var_dump($cache->isFrozen());
$cache->freeze();
var_dump($cache->isFrozen(), (new Trove\Cache('built'))->isFrozen(), (new Trove\Cache('other'))->isFrozen());
$writes = [
    'store' => fn() => $cache->store('key', 1),
    'add' => fn() => $cache->add('new', 1),
    'replace' => fn() => $cache->replace('key', 1),
    'storeMultiple' => fn() => $cache->storeMultiple(['a' => 1]),
    'delete' => fn() => $cache->delete('key'),
    'deleteMultiple' => fn() => $cache->deleteMultiple(['key']),
    'increment' => fn() => $cache->increment('n'),
    'decrement' => fn() => $cache->decrement('new'),
    'compareAndSwap' => fn() => $cache->compareAndSwap('n', 1, 2),
    'touch' => fn() => $cache->touch('key', 10),
    'refresh' => fn() => $cache->refresh('key'),
    'invalidateTags' => fn() => $cache->invalidateTags(['t']),
    'deleteMatchingTags' => fn() => $cache->deleteMatchingTags(['of nothing']),
    'refreshTags' => fn() => $cache->refreshTags(['t']),
    'beginInvalidation' => fn() => $cache->beginInvalidation(['t']),
];
foreach ($writes as $name => $write) {
    try {
        $write();
        echo "$name was not refused\n";
    } catch (Trove\CacheException $exception) {
        echo "$name: ", $exception->getMessage(), "\n";
    }
}
// Its own time, and more.
usleep(450_000);
var_dump($cache->fetch('key'), $cache->has('key'), $cache->count(), $cache->fetch('n'), $cache->fetchMultiple(['key', 'n']));
foreach (['key', 'key with a window'] as $key) {
    var_dump($cache->entry($key)->state, $cache->tags($key), $cache->remember($key, fn () => 'computed', beta: 1e9));
}
$keys = [...$cache->keys()];
sort($keys);
$values = iterator_to_array($cache);
ksort($values);
$tagged = $cache->keysByTag('t');
sort($tagged);
var_dump($keys === array_keys($values), $values, $tagged);
echo "A computation is not kept, and its value is served: ", $cache->remember('new', fn() => 'computed'), "\n";
var_dump($cache->has('new'));

$cache->flush();
var_dump($cache->isFrozen(), $cache->has('key'), $cache->store('key', 1), $cache->fetch('key'));
?>
--EXPECT--
bool(false)
bool(true)
bool(true)
bool(false)
store: the cache is frozen until its flush() (private memory)
add: the cache is frozen until its flush() (private memory)
replace: the cache is frozen until its flush() (private memory)
storeMultiple: the cache is frozen until its flush() (private memory)
delete: the cache is frozen until its flush() (private memory)
deleteMultiple: the cache is frozen until its flush() (private memory)
increment: the cache is frozen until its flush() (private memory)
decrement: the cache is frozen until its flush() (private memory)
compareAndSwap: the cache is frozen until its flush() (private memory)
touch: the cache is frozen until its flush() (private memory)
refresh: the cache is frozen until its flush() (private memory)
invalidateTags: the cache is frozen until its flush() (private memory)
deleteMatchingTags: the cache is frozen until its flush() (private memory)
refreshTags: the cache is frozen until its flush() (private memory)
beginInvalidation: the cache is frozen until its flush() (private memory)
string(5) "value"
bool(true)
int(3)
int(1)
array(2) {
  ["key"]=>
  string(5) "value"
  ["n"]=>
  int(1)
}
string(5) "fresh"
array(1) {
  [0]=>
  string(1) "t"
}
string(5) "value"
string(5) "fresh"
array(1) {
  [0]=>
  string(1) "t"
}
string(5) "value"
bool(true)
array(3) {
  ["key"]=>
  string(5) "value"
  ["key with a window"]=>
  string(5) "value"
  ["n"]=>
  int(1)
}
array(2) {
  [0]=>
  string(3) "key"
  [1]=>
  string(17) "key with a window"
}
A computation is not kept, and its value is served: computed
bool(false)
bool(false)
bool(false)
bool(true)
int(1)

--TEST--
UserCache\Cache: store, add, fetch, has, delete, clear and their forms for several keys
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.user_cache=1
--FILE--
<?php
use UserCache\Cache;

$cache = Cache::getPool('values');
var_dump($cache->store('a', [1, 'two' => null]), $cache->fetch('a'), $cache->add('a', 1), $cache->add('b', 2), $cache->has('b'));
var_dump($cache->fetch('none'), $cache->fetch('none', 'default'));
var_dump($cache->storeMultiple(['x' => 1, 5 => new ArrayObject([1])], 100), $cache->fetch('5') == new ArrayObject([1]));
echo json_encode($cache->fetchMultiple(['x', 'none', 'b', '7'], 0)), "\n";
var_dump($cache->delete('x'), $cache->delete('x'), $cache->deleteMultiple(['b', '5']), $cache->deleteMultiple(['a', 'none']), $cache->has('a'));
$cache->store('kept', 1);
var_dump($cache->clear(), $cache->has('kept'));

echo "A ttl:\n";
$cache->store('short', 1, 1);
$end = hrtime(true) + 10e9;
while ($cache->has('short') && hrtime(true) < $end) {
    usleep(10_000);
}
var_dump($cache->has('short'));
echo "It is the named cache of that name:\n";
(new Trove\Cache('values'))->store('key', 'shared');
var_dump($cache->fetch('key'));
?>
--EXPECT--
bool(true)
array(2) {
  [0]=>
  int(1)
  ["two"]=>
  NULL
}
bool(false)
bool(true)
bool(true)
NULL
string(7) "default"
bool(true)
bool(true)
{"x":1,"none":0,"b":2,"7":0}
bool(true)
bool(false)
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
A ttl:
bool(false)
It is the named cache of that name:
string(6) "shared"

--TEST--
A cache is iterated over as key => value, keys() as a list with an optional prefix; fresh entries, each once
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
for ($i = 0; $i < 1000; $i++) {
    $c->store("key $i", [$i]);
}
$c->storeMultiple(['123' => 'digits', "\0" => 'binary', 'stale' => 1]);
$c->refresh('stale');
$seen = [];
foreach ($c as $key => $value) {
    assert(is_string($key));
    $seen[$key] = ($seen[$key] ?? 0) + 1;
    if (str_starts_with($key, 'key')) {
        assert($value === [(int) substr($key, 4)]);
    }
}
var_dump(count($seen), array_unique(array_values($seen)), isset($seen['stale']), $seen[123], $seen["\0"]);

$keys = iterator_to_array($c->keys('key 99'));
sort($keys);
echo implode(', ', $keys), "\n";
var_dump(array_is_list(iterator_to_array($c->keys())), iterator_count($c->keys()), iterator_count($c->keys('none')));
foreach ($c->keys('1') as $number => $key) {
    var_dump($number, $key);
}

echo "-- twice, nested, past the end\n";
$walk = $c->keys('key 9');
var_dump(iterator_count($walk), iterator_count($walk), $walk->valid(), $walk->current(), $walk->key());
$walk->next();
var_dump($walk->valid());
$n = 0;
foreach ($c->keys('key 1') as $a) {
    foreach ($c->keys('key 1') as $b) {
        $n++;
    }
}
var_dump($n === 111 ** 2);

echo "-- changes on the way\n";
foreach ($c as $key => $value) {
    $c->deleteMultiple($c->keys());
    $c->store('new', 1);
}
var_dump(count($c) <= 2, $c->fetch('new'));

echo "-- the cache object is gone\n";
$walk = (new Trove\Cache('test'))->getIterator();
unset($c);
gc_collect_cycles();
foreach ($walk as $key => $value) {
    echo "$key => $value\n";
}
try {
    new Trove\CacheIterator;
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
int(1002)
array(1) {
  [0]=>
  int(1)
}
bool(false)
int(1)
int(1)
key 99, key 990, key 991, key 992, key 993, key 994, key 995, key 996, key 997, key 998, key 999
bool(true)
int(1002)
int(0)
int(0)
string(3) "123"
-- twice, nested, past the end
int(111)
int(111)
bool(false)
NULL
NULL
bool(false)
bool(true)
-- changes on the way
bool(true)
int(1)
-- the cache object is gone
new => 1
Call to private Trove\CacheIterator::__construct() from global scope

--TEST--
info() counts entries, bytes, hits and misses of one cache; count() the entries; all() names the caches
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$c = new Trove\Cache('one');
$i = $c->info();
var_dump([$i->name, $i->entries, $i->bytes, $i->hits, $i->misses, $i->evictions], $i->memory > 1 << 20, $i->free > 1 << 20 && $i->free <= $i->memory, count($c));
$c->storeMultiple(['a' => 1, 'b' => [1]]);
$c->fetch('a');
$c->fetchMultiple(['a', 'b', 'none']);
$c->fetch('none');
$c->has('a');
$c->entry('a');
$i = $c->info();
var_dump([$i->entries, $i->hits, $i->misses], $i->bytes > 100, count($c));

echo "-- other objects and processes\n";
$again = new Trove\Cache('one');
$again->fetch('a');
unset($again);
Php::once('$c = new Trove\Cache("one"); $c->fetch("a"); $c->fetch("none");');
$i = $c->info();
var_dump([$i->hits, $i->misses]);
for ($n = 0; $n < 2000; $n++) {
    $c->fetch('a');
}
var_dump((new Trove\Cache('one'))->info()->hits >= 1000);

echo "-- another cache\n";
$i = (new Trove\Cache('two'))->info();
var_dump([$i->entries, $i->bytes, $i->hits, $i->misses]);
var_dump(array_map(fn ($cache) => $cache->name(), Trove\Cache::all()));
$c->flush();
var_dump($c->info()->entries, $c->info()->bytes, count($c));
?>
--EXPECT--
array(6) {
  [0]=>
  string(3) "one"
  [1]=>
  int(0)
  [2]=>
  int(0)
  [3]=>
  int(0)
  [4]=>
  int(0)
  [5]=>
  int(0)
}
bool(true)
bool(true)
int(0)
array(3) {
  [0]=>
  int(2)
  [1]=>
  int(3)
  [2]=>
  int(2)
}
bool(true)
int(2)
-- other objects and processes
array(2) {
  [0]=>
  int(5)
  [1]=>
  int(3)
}
bool(true)
-- another cache
array(4) {
  [0]=>
  int(0)
  [1]=>
  int(0)
  [2]=>
  int(0)
  [3]=>
  int(0)
}
array(2) {
  ["one"]=>
  string(3) "one"
  ["two"]=>
  string(3) "two"
}
int(0)
int(0)
int(0)

--TEST--
touch() gives another ttl, refresh() marks stale; both say whether there was a value
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$lives = fn ($key) => ($e = $c->entry($key)->expires) === null ? 'for ever' : round($e - microtime(true), -1);
$c->store('k', ['value'], 1000, ['t'], 50);
var_dump($c->touch('k', 100), $lives('k'), round($c->entry('k')->staleUntil - $c->entry('k')->expires), $c->fetch('k'), $c->tags('k'));
var_dump($c->touch('k', new DateInterval('PT200S')), $lives('k'), $c->touch('k'), $lives('k'), $c->touch('k', 0), $lives('k'));
var_dump($c->touch('nothing', 5), $c->has('nothing'));
var_dump($c->refresh('nothing'));

echo "-- refreshed\n";
var_dump($c->refresh('k'), $c->entry('k')->state, $c->has('k'), $c->fetch('k', 'default'), $c->touch('k', 5));
var_dump($c->refresh('k'), $c->delete('k'), $c->entry('k')->state);

echo "-- expired, inside its window\n";
$c->store('w', 1, 0.02, [], 1000);
while ($c->has('w')) {
    usleep(2000);
}
var_dump($c->entry('w')->state, $c->fetch('w'), $c->fetchMultiple(['w']), $c->touch('w', 5), iterator_to_array($c->keys()));
?>
--EXPECT--
bool(true)
float(100)
float(50)
array(1) {
  [0]=>
  string(5) "value"
}
array(1) {
  [0]=>
  string(1) "t"
}
bool(true)
float(200)
bool(true)
string(8) "for ever"
bool(true)
string(8) "for ever"
bool(false)
bool(false)
bool(false)
-- refreshed
bool(true)
string(5) "stale"
bool(false)
string(7) "default"
bool(false)
bool(true)
bool(true)
string(7) "missing"
-- expired, inside its window
string(5) "stale"
NULL
array(1) {
  ["w"]=>
  NULL
}
bool(false)
array(0) {
}

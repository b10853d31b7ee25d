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

echo "-- for ever, and then not\n";
$window = fn ($key) => round($c->entry($key)->staleUntil - $c->entry($key)->expires);
$c->store('k', 'value', 1000, [], 50);
var_dump($c->touch('k', 0), $c->entry('k')->staleUntil, $c->touch('k', 100), $window('k'));
$c->store('k', 'value', 0, [], 60);
var_dump($c->entry('k')->staleUntil, $c->touch('k', 100), $window('k'), $c->touch('k', 0), $c->touch('k', 200), $window('k'), $lives('k'));
$c->store('k', 1, 0, [], 60);
$c->compareAndSwap('k', 1, 'one');
var_dump($c->touch('k', 100), $window('k'));
$c->store('k', 1, PHP_INT_MAX / 1000, [], 60);
var_dump($c->entry('k')->expires > 9e15, (new Trove\Cache('test', 9e15))->store('k', 1), $c->entry('k')->expires > 8.9e15);
$c->delete('k');

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
-- for ever, and then not
bool(true)
NULL
bool(true)
float(50)
NULL
bool(true)
float(60)
bool(true)
bool(true)
float(60)
float(200)
bool(true)
float(60)
bool(true)
bool(true)
bool(true)
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

--TEST--
entry() tells what is known about a key, and asking does not count
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$near = fn (?float $time, float $from) => $time !== null && abs($time - microtime(true) - $from) < 60;
$c->store('k', 'value', 1000, ['b', 'a', 'b', 7], 500);
$c->fetch('k');
$c->fetch('k');
for ($i = 0; $i < 5; $i++) {
    $e = $c->entry('k');
}
var_dump($e->key, $e->state === Trove\Entry::FRESH, $near($e->expires, 1000), $near($e->staleUntil, 1500), $e->tags, $e->size >= 64, $e->hits);
var_dump(abs($e->created - time()) < 60);

echo "-- without anything\n";
$c->store('plain', 1);
$e = $c->entry('plain');
var_dump($e->state, $e->expires, $e->staleUntil, $e->tags, $e->hits);

echo "-- missing\n";
$e = $c->entry("\0none");
var_dump($e->state === Trove\Entry::MISSING, $e->key === "\0none", $e->expires, $e->staleUntil, $e->tags, $e->size, $e->hits, $e->created);

echo "-- what it was stays what it was\n";
$e = $c->entry('k');
$c->delete('k');
var_dump($e->state, $c->entry('k')->state);

echo "-- stale for ever\n";
$c->store('s', 1, 0, [], 5);
$c->refresh('s');
var_dump($c->entry('s')->state === Trove\Entry::STALE, $c->entry('s')->expires);
?>
--EXPECT--
string(1) "k"
bool(true)
bool(true)
bool(true)
array(3) {
  [0]=>
  string(1) "7"
  [1]=>
  string(1) "a"
  [2]=>
  string(1) "b"
}
bool(true)
int(2)
bool(true)
-- without anything
string(5) "fresh"
NULL
NULL
array(0) {
}
int(0)
-- missing
bool(true)
bool(true)
NULL
NULL
array(0) {
}
int(0)
int(0)
NULL
-- what it was stays what it was
string(5) "fresh"
string(7) "missing"
-- stale for ever
bool(true)
NULL

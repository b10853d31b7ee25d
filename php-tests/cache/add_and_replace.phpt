--TEST--
add() stores where fetch() would find nothing, replace() where it would find something; a stale value is nothing
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
var_dump($c->replace('k', 1), $c->add('k', 2), $c->add('k', 3), $c->fetch('k'), $c->replace('k', 4), $c->fetch('k'));
echo "-- stale\n";
$c->refresh('k');
var_dump($c->replace('k', 5), $c->entry('k')->state, $c->add('k', 6), $c->entry('k')->state, $c->fetch('k'));
echo "-- invalidated\n";
$c->store('t', 1, tags: ['tag']);
$c->invalidateTags(['tag']);
var_dump($c->replace('t', 2), $c->add('t', 3, tags: ['tag']), $c->fetch('t'));
?>
--EXPECT--
bool(false)
bool(true)
bool(false)
int(2)
bool(true)
int(4)
-- stale
bool(false)
string(5) "stale"
bool(true)
string(5) "fresh"
int(6)
-- invalidated
bool(false)
bool(true)
int(3)

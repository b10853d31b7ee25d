--TEST--
A value whose tag was invalidated between token() and store() is not stored; what another process stored since stays
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$c = new Trove\Cache('test');
$other = new Php();
$other->run('$c = new Trove\Cache("test");');

$token = Trove\Cache::token(['t']);
var_dump($c->store('k', 'in time', tags: ['t'], token: $token), $c->fetch('k'));
$other->run('$c->invalidateTags(["t"]); $c->store("k", "newer", tags: ["t"]);');
var_dump($c->store('k', 'too late', tags: ['t'], token: $token), $c->fetch('k'));
var_dump($c->add('new', 'too late', tags: ['u', 't'], token: $token), $c->has('new'));
var_dump($c->replace('k', 'too late', tags: ['t'], token: $token), $c->fetch('k'));
var_dump($c->storeMultiple(['k' => 'too late', 'new' => 1], tags: ['t'], token: $token), $c->fetch('k'), $c->has('new'));
echo "-- other tags are not concerned\n";
var_dump($c->store('u', 'in time', tags: ['u'], token: $token), $c->store('none', 'in time', token: $token), $c->has('u'), $c->has('none'));
echo "-- a flush is\n";
$token = Trove\Cache::token();
$other->run('$c->flush();');
var_dump($c->store('k', 'too late', token: $token), $c->store('k', 'later', token: Trove\Cache::token()), $c->fetch('k'));
echo "-- a refresh leaves it stale\n";
$token = Trove\Cache::token(['t']);
$other->run('$c->refreshTags(["t"]);');
var_dump($c->store('k', 'old', tags: ['t'], token: $token), $c->entry('k')->state);
echo $other->end();
?>
--EXPECT--
bool(true)
string(7) "in time"
bool(false)
string(5) "newer"
bool(false)
bool(false)
bool(false)
string(5) "newer"
bool(false)
string(5) "newer"
bool(false)
-- other tags are not concerned
bool(true)
bool(true)
bool(true)
bool(true)
-- a flush is
bool(false)
bool(true)
string(5) "later"
-- a refresh leaves it stale
bool(true)
string(5) "stale"

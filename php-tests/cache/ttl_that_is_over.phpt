--TEST--
A ttl that is over, a moment in the past or an interval of nothing, is a store that has expired at once, as PSR-6 and PSR-16 have it
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$back = new DateInterval('PT1H');
$back->invert = 1;
$ttls = ['moment' => new DateTimeImmutable('-1 hour'), 'before 1970' => new DateTime('1900-01-01'), 'nothing' => new DateInterval('PT0S'), 'back' => $back];
foreach ($ttls as $name => $ttl) {
    echo "-- $name\n";
    $c->flush();
    $c->storeMultiple(['stored' => 'old', 'several' => 'old', 'added' => 'old', 'replaced' => 'old', 'touched' => 'old', 'n' => 1]);
    echo json_encode([$c->store('stored', 'new', $ttl), $c->fetch('stored')]), "\n";
    echo json_encode([$c->storeMultiple(['several' => 'new', 'more' => 'new'], $ttl), $c->fetchMultiple(['several', 'more'])]), "\n";
    echo json_encode([$c->add('added', 'new', $ttl), $c->fetch('added'), $c->add('never there', 'new', $ttl), $c->has('never there')]), "\n";
    echo json_encode([$c->replace('replaced', 'new', $ttl), $c->fetch('replaced'), $c->replace('replaced', 'new', $ttl)]), "\n";
    echo json_encode([$c->touch('touched', $ttl), $c->has('touched')]), "\n";
    echo json_encode([$c->increment('n', ttl: $ttl), $c->fetch('n'), $c->increment('none', 5, 1, $ttl), $c->has('none')]), "\n";
    echo json_encode([$c->remember('r', fn () => 'computed', $ttl), $c->has('r')]), "\n";
    echo json_encode([$c->remember('r', fn ($computation) => get_class($computation->setTtl($ttl)), 100), $c->has('r')]), "\n";
    echo json_encode([(new Trove\Cache('test', $ttl))->store('n', 2), $c->has('n')]), "\n";
}
echo "-- a value that can not be stored is an error all the same\n";
$c->store('k', 'old');
try {
    $c->store('k', fn () => 1, new DateTime('-1 hour'));
} catch (Exception $e) {
    echo $e->getMessage(), ', ', $c->fetch('k'), "\n";
}
echo "-- with a window that is not over\n";
$c->store('k', 'value', new DateTime('-1 minute'), stale: 3600);
echo $c->entry('k')->state, "\n";
?>
--EXPECT--
-- moment
[true,null]
[true,{"several":null,"more":null}]
[false,"old",true,false]
[true,null,false]
[true,false]
[2,2,6,false]
["computed",false]
["Trove\\Computation",false]
[true,false]
-- before 1970
[true,null]
[true,{"several":null,"more":null}]
[false,"old",true,false]
[true,null,false]
[true,false]
[2,2,6,false]
["computed",false]
["Trove\\Computation",false]
[true,false]
-- nothing
[true,null]
[true,{"several":null,"more":null}]
[false,"old",true,false]
[true,null,false]
[true,false]
[2,2,6,false]
["computed",false]
["Trove\\Computation",false]
[true,false]
-- back
[true,null]
[true,{"several":null,"more":null}]
[false,"old",true,false]
[true,null,false]
[true,false]
[2,2,6,false]
["computed",false]
["Trove\\Computation",false]
[true,false]
-- a value that can not be stored is an error all the same
Serialization of 'Closure' is not allowed, old
-- with a window that is not over
stale

--TEST--
The callback changes ttl, stale window, tags and whether its value is stored, through the object that it gets
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
use Trove\Computation;
$cache = new Trove\Cache('pages');

report('key', fn () => $cache->remember("any\0key", fn (Computation $c) => $c->key()));
report('tags', fn () => $cache->remember('tags', fn (Computation $c) => [$c->tags(), $c->addTags(['b', 'a'])->tags()], tags: ['a']));
report('no tags', fn () => $cache->remember('no tags', fn (Computation $c) => [$c->tags(), $c->setTags(['x', 'y'])->tags(), $c->setTags([])->tags()], tags: ['a']));
$cache->remember('tagged', fn (Computation $c) => $c->addTags(['found only now', 7]) ? 1 : 0);
foreach (['b', 'found only now', '7'] as $tag) {
    $cache->invalidateTags([$tag]);
}
report('tags are stored', fn () => [$cache->has('tags'), $cache->has('no tags'), $cache->has('tagged')]);

report('chained', fn () => $cache->remember('chained', fn (Computation $c) => $c->setTtl(60)->setStale(5)->setCacheable(true) === $c));
$cache->remember('short', fn (Computation $c) => $c->setTtl(0.05) ? 'short' : '', ttl: 3600);
$cache->remember('long', fn (Computation $c) => $c->setTtl(new DateInterval('PT1H')) ? 'long' : '', ttl: 0.05);
$cache->remember('until', fn (Computation $c) => $c->setTtl(new DateTimeImmutable('+1 hour')) ? 'until' : '', ttl: 0.05);
$cache->remember('for ever', fn (Computation $c) => $c->setTtl(0) ? 'for ever' : '', ttl: 0.05);
$cache->remember('stale', fn (Computation $c) => $c->setStale(3600) ? 'stale' : '', ttl: 0.05);
while ($cache->has('short') || $cache->has('stale')) {
    usleep(1000);
}
report('ttl', fn () => array_map($cache->has(...), ['short', 'long', 'until', 'for ever']));
report('stale', fn () => [$cache->has('stale'), $cache->remember('stale', fn () => throw new Exception, staleIfError: 1)]);

$calls = 0;
$uncacheable = function (Computation $c) use (&$calls) {
    $c->setCacheable(false);
    return ++$calls;
};
report('not stored', fn () => [$cache->remember('never', $uncacheable), $cache->remember('never', $uncacheable), $cache->has('never')]);

// Bad input changes nothing.
$said = null;
$cache->remember('kept', function (Computation $c) use (&$said) {
    $said = $c;
    report('ttl', fn () => $c->setTtl(-1));
    report('stale', fn () => $c->setStale(NAN));
    report('tags', fn () => $c->setTags(['fine', '']));
    report('tags', fn () => $c->addTags([[]]));
    report('cacheable', fn () => $c->setCacheable());
    return 1;
}, ttl: 3600, tags: ['kept']);
report('kept', fn () => [$said->tags(), $cache->has('kept')]);
report('later', fn () => $said->setTtl(1)->key());
report('new', fn () => new Computation);
report('clone', fn () => clone $said);
report('serialize', fn () => serialize($said));
report('without constructor', fn () => (new ReflectionClass(Computation::class))->newInstanceWithoutConstructor()->key());
--EXPECT--
key -> 'any\000key'
tags -> [['a'], ['a', 'b']]
no tags -> [['a'], ['x', 'y'], []]
tags are stored -> [false, true, false]
chained -> true
ttl -> [false, true, true, true]
stale -> [false, 'stale']
not stored -> [1, 2, false]
ttl -> ValueError: Trove\Computation::setTtl(): Argument #1 ($ttl) must not be negative, -1 given
stale -> ValueError: Trove\Computation::setStale(): Argument #1 ($stale) must be a finite number of seconds, NAN given
tags -> ValueError: Trove\Computation::setTags(): Argument #1 ($tags) must not contain an empty tag
tags -> TypeError: Trove\Computation::addTags(): Argument #1 ($tags) must be an array of strings, array given in it
cacheable -> ArgumentCountError: Trove\Computation::setCacheable() expects exactly 1 argument, 0 given
kept -> [['kept'], true]
later -> 'kept'
new -> Error: Call to private Trove\Computation::__construct() from global scope
clone -> Error: Trying to clone an uncloneable object of class Trove\Computation
serialize -> Exception: Serialization of 'Trove\Computation' is not allowed
without constructor -> ReflectionException: Class Trove\Computation is an internal class marked as final that cannot be instantiated without invoking its constructor

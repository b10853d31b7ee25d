--TEST--
Inside its own computation a key is an error at once; other keys are computed there, however deep
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('pages');
$other = new Trove\Cache('others');
$nested = fn (int $depth) => $cache->remember("level $depth", fn () => $depth === 0 ? 'ground' : $GLOBALS['nested']($depth - 1) . " $depth");
report('nested', fn () => $nested(30));
report('same name in another cache', fn () => $cache->remember('key', fn () => $other->remember('key', fn () => 'inner')));

$start = microtime(true);
report('itself', fn () => $cache->remember('own', fn () => $cache->remember('own', fn () => 'inner')));
report('in a circle', fn () => $cache->remember('a', fn () => $cache->remember('b', fn () => $cache->remember('a', fn () => 1))));
report('by another object', fn () => $cache->remember('own', fn () => (new Trove\Cache('pages'))->remember('own', fn () => 1)));
report('nobody waited', fn () => microtime(true) - $start < 5);
report('nothing is stored', fn () => [$cache->has('own'), $cache->has('a'), $cache->has('b')]);

// The callback may go on after it.
report('caught', fn () => $cache->remember('own', function () use ($cache) {
    try {
        return $cache->remember('own', fn () => 'inner');
    } catch (Trove\RecursionException) {
        return 'outer';
    }
}));
// Also where there is a value: it is the old one that is being replaced.
$cache->refresh('own');
report('stale', fn () => $cache->remember('own', fn () => $cache->remember('own', fn () => 'inner')));
report('interface', fn () => is_subclass_of(Trove\RecursionException::class, Trove\Exception::class));
--EXPECT--
nested -> 'ground 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30'
same name in another cache -> 'inner'
itself -> Trove\RecursionException: Trove\Cache::remember(): key "own" is needed for its own computation
in a circle -> Trove\RecursionException: Trove\Cache::remember(): key "a" is needed for its own computation
by another object -> Trove\RecursionException: Trove\Cache::remember(): key "own" is needed for its own computation
nobody waited -> true
nothing is stored -> [false, false, false]
caught -> 'outer'
stale -> Trove\RecursionException: Trove\Cache::remember(): key "own" is needed for its own computation
interface -> true

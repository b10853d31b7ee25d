--TEST--
A computation that is suspended in a fiber keeps its key: other fibers get the stale value, or compute for themselves; one that is never resumed frees it
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment();
$cache = new Trove\Cache('pages');
$compute = fn (string $key) => fn () => $cache->remember($key, function (Trove\Computation $computation) {
    $part = Fiber::suspend($computation->key());
    return "made of $part";
});
$one = new Fiber($compute('one'));
$two = new Fiber($compute('two'));
report('started', fn () => [$one->start(), $two->start()]);
report('from outside', fn () => $cache->remember('one', fn () => 'computed twice'));
report('from another fiber', function () use ($cache) {
    $fiber = new Fiber(fn () => $cache->remember('two', fn () => 'computed there, too'));
    $fiber->start();
    return $fiber->getReturn();
});
$one->resume('a');
$two->resume('b');
report('returned', fn () => [$one->getReturn(), $two->getReturn(), $cache->fetch('one'), $cache->fetch('two')]);

// What there was meanwhile is served, and itself is itself in a fiber, too.
$cache->refresh('one');
$three = new Fiber($compute('one'));
$three->start();
report('stale meanwhile', fn () => $cache->remember('one', fn () => 'not computed'));
$three->resume('c');
report('then', fn () => $cache->fetch('one'));
report('recursion', function () use ($cache) {
    $fiber = new Fiber(fn () => $cache->remember('four', fn () => $cache->remember('four', fn () => 'inner')));
    $fiber->start();
});
$five = new Fiber($compute('five'));
$five->start();
$cache->delete('five');
$five->resume('e');
report('deleted by another fiber', fn () => [$five->getReturn(), $cache->has('five')]);

$thrown = new Fiber($compute('thrown'));
$thrown->start();
report('thrown into', fn () => $thrown->throw(new DomainException('no')));
report('free', fn () => $cache->remember('thrown', fn () => 'computed'));

$lost = new Fiber($compute('lost'));
$lost->start();
unset($lost);
report('destroyed', fn () => $cache->remember('lost', fn () => 'computed'));

// Also where a fatal error ends the process while it is suspended.
$worker = new Php;
$worker->send('$cache = new Trove\Cache("pages");
    $fiber = new Fiber(fn () => $cache->remember("fatal", fn () => Fiber::suspend()));
    $fiber->start();
    ini_set("memory_limit", "8M"); ini_set("display_errors", "0"); ini_set("log_errors", "0");
    str_repeat("x", 100_000_000);');
$worker->end();
report('after a fatal error', fn () => $cache->remember('fatal', fn () => 'computed'));
--EXPECT--
started -> ['one', 'two']
from outside -> 'computed twice'
from another fiber -> 'computed there, too'
returned -> ['made of a', 'made of b', 'computed twice', 'computed there, too']
stale meanwhile -> 'computed twice'
then -> 'made of c'
recursion -> Trove\RecursionException: Trove\Cache::remember(): key "four" is needed for its own computation
deleted by another fiber -> ['made of e', false]
thrown into -> DomainException: no
free -> 'computed'
destroyed -> 'computed'
after a fatal error -> 'computed'

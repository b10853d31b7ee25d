--TEST--
lock() and Trove\Lock refuse what makes no sense
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('jobs');
report('empty', fn () => $cache->lock('', 1));
report('no lease', fn () => $cache->lock('name'));
report('0', fn () => $cache->lock('name', 0));
report('negative', fn () => $cache->lock('name', -1));
report('infinite', fn () => $cache->lock('name', INF));
report('text', fn () => $cache->lock('name', 'long'));
report('wait', fn () => $cache->lock('name', 1, -0.1));
report('wait', fn () => $cache->lock('name', 1, NAN));
$lock = $cache->lock('name', 1);
report('extend', fn () => $lock->extend(0));
report('extend', fn () => $lock->extend());
report('still held', fn () => $lock->isHeld());
report('new', fn () => new Trove\Lock);
report('clone', fn () => clone $lock);
report('serialize', fn () => serialize($lock));
report('property', fn () => $lock->name = 1);
report('without constructor', fn () => (new ReflectionClass(Trove\Lock::class))->newInstanceWithoutConstructor()->release());

// More at once than there are places for.
unset($lock);
$locks = [];
report('too many', function () use ($cache, &$locks) {
    for ($i = 0; $i < 100_000; $i++) {
        $locks[] = $cache->lock("number $i", 60);
    }
});
report('as many as the message says', fn () => count($locks));
report('values are computed all the same', fn () => $cache->remember('number ' . count($locks), fn () => 'computed'));
$last = array_key_last($locks);
report('one less', fn () => [$locks[$last]->release(), $cache->lock("number $last", 1)->isHeld()]);
--EXPECT--
empty -> ValueError: Trove\Cache::lock(): Argument #1 ($key) must not be empty
no lease -> ArgumentCountError: Trove\Cache::lock() expects at least 2 arguments, 1 given
0 -> ValueError: Trove\Cache::lock(): Argument #2 ($lease) must be finite and greater than 0, 0 given
negative -> ValueError: Trove\Cache::lock(): Argument #2 ($lease) must be finite and greater than 0, -1 given
infinite -> ValueError: Trove\Cache::lock(): Argument #2 ($lease) must be finite and greater than 0, INF given
text -> TypeError: Trove\Cache::lock(): Argument #2 ($lease) must be of type float, string given
wait -> ValueError: Trove\Cache::lock(): Argument #3 ($wait) must be finite and not negative, -0.1 given
wait -> ValueError: Trove\Cache::lock(): Argument #3 ($wait) must be finite and not negative, NAN given
extend -> ValueError: Trove\Lock::extend(): Argument #1 ($lease) must be finite and greater than 0, 0 given
extend -> ArgumentCountError: Trove\Lock::extend() expects exactly 1 argument, 0 given
still held -> true
new -> Error: Call to private Trove\Lock::__construct() from global scope
clone -> Error: Trying to clone an uncloneable object of class Trove\Lock
serialize -> Exception: Serialization of 'Trove\Lock' is not allowed
property -> Error: Cannot create dynamic property Trove\Lock::$name
without constructor -> ReflectionException: Class Trove\Lock is an internal class marked as final that cannot be instantiated without invoking its constructor
too many -> Trove\CacheException: all 512 leases of this segment are taken (private memory)
as many as the message says -> 512
values are computed all the same -> 'computed'
one less -> [true, true]

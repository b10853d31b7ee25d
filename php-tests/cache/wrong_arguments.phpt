--TEST--
Trove\Cache says which argument is wrong, with which value, in the engine's words; nothing is changed
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$c->store('key', 'old', tags: ['tag']);
function wrong(callable $f): void
{
    try {
        $f();
        echo "nothing thrown\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

echo "-- names\n";
wrong(fn () => new Trove\Cache(''));
wrong(fn () => new Trove\Cache(str_repeat('n', 129)));
wrong(fn () => new Trove\Cache('n', -1));
wrong(fn () => new Trove\Cache([]));
echo "-- keys\n";
foreach (['fetch', 'has', 'delete', 'increment', 'decrement', 'touch', 'refresh', 'entry', 'tags'] as $method) {
    wrong(fn () => $c->$method(''));
}
foreach (['store', 'add', 'replace'] as $method) {
    wrong(fn () => $c->$method('', 1));
}
wrong(fn () => $c->compareAndSwap('', 1, 2));
wrong(fn () => $c->fetch([]));
wrong(fn () => $c->fetch());
wrong(fn () => $c->fetch('key', 1, 2));
wrong(fn () => $c->fetchMultiple(['key', '']));
wrong(fn () => $c->fetchMultiple(['key', 1.5]));
wrong(fn () => $c->fetchMultiple('key'));
wrong(fn () => $c->deleteMultiple([null]));
wrong(fn () => $c->storeMultiple(['new' => 1, '' => 2]));
wrong(fn () => $c->storeMultiple((function () { yield 'new' => 1; yield [] => 2; })()));
wrong(fn () => $c->storeMultiple(1));
echo "-- ttl\n";
foreach ([-1, -0.001, NAN, INF, -INF, 'x', [], new stdClass] as $ttl) {
    wrong(fn () => $c->store('key', 'new', $ttl));
}
wrong(fn () => $c->store('key', 'new', stale: -1));
wrong(fn () => $c->storeMultiple(['key' => 'new'], -1));
wrong(fn () => $c->increment('new', ttl: -1));
wrong(fn () => $c->touch('key', -5));
echo "-- tags\n";
wrong(fn () => $c->store('key', 'new', tags: ['a', '']));
wrong(fn () => $c->store('key', 'new', tags: ['a', null]));
wrong(fn () => $c->store('key', 'new', tags: 'a'));
wrong(fn () => $c->invalidateTags(['']));
wrong(fn () => $c->refreshTags([[]]));
wrong(fn () => $c->keysByTag(''));
wrong(fn () => $c->countByTag(''));
wrong(fn () => $c->deleteMatchingTags(['tag'], [1.5]));
wrong(fn () => Trove\Cache::token(['']));
wrong(fn () => $c->beginInvalidation(['tag'], 0.0));
wrong(fn () => $c->beginInvalidation(['tag'], NAN));
wrong(fn () => $c->invalidateTags([new class {}]));
wrong(fn () => $c->store('key', 'new', token: new stdClass));
echo "-- values\n";
wrong(fn () => $c->store('key', fopen('php://memory', 'r')));
wrong(fn () => $c->store('key', fn () => 1));
wrong(fn () => $c->compareAndSwap('key', 'old', fopen('php://memory', 'r')));
wrong(fn () => $c->decrement('key', PHP_INT_MIN));
wrong(fn () => $c->increment('key'));
echo "-- objects\n";
wrong(fn () => $c->__construct('other'));
wrong(fn () => clone $c);
wrong(fn () => serialize($c));
wrong(fn () => unserialize('O:11:"Trove\Cache":0:{}'));
wrong(fn () => $c->property = 1);
wrong(fn () => new Trove\Token);
wrong(fn () => new Trove\Invalidation);
wrong(fn () => $c->entry('key')->state = 'fresh');
echo "-- ", $c->fetch('key'), ', ', implode(', ', $c->tags('key')), ', ', count($c), "\n";
?>
--EXPECTF--
-- names
ValueError: Trove\Cache::__construct(): Argument #1 ($name) must have 1 to 128 bytes, has 0
ValueError: Trove\Cache::__construct(): Argument #1 ($name) must have 1 to 128 bytes, has 129
ValueError: Trove\Cache::__construct(): Argument #2 ($ttl) must not be negative, -1 given
TypeError: Trove\Cache::__construct(): Argument #1 ($name) must be of type string, array given
-- keys
ValueError: Trove\Cache::fetch(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::has(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::delete(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::increment(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::decrement(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::touch(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::refresh(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::entry(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::tags(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::store(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::add(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::replace(): Argument #1 ($key) must not be empty
ValueError: Trove\Cache::compareAndSwap(): Argument #1 ($key) must not be empty
TypeError: Trove\Cache::fetch(): Argument #1 ($key) must be of type string, array given
ArgumentCountError: Trove\Cache::fetch() expects at least 1 argument, 0 given
ArgumentCountError: Trove\Cache::fetch() expects at most 2 arguments, 3 given
ValueError: Trove\Cache::fetchMultiple(): Argument #1 ($keys) must not contain an empty key
TypeError: Trove\Cache::fetchMultiple(): Argument #1 ($keys) must contain strings or integers, float given
TypeError: Trove\Cache::fetchMultiple(): Argument #1 ($keys) must be of type Traversable|array, string given
TypeError: Trove\Cache::deleteMultiple(): Argument #1 ($keys) must contain strings or integers, null given
ValueError: Trove\Cache::storeMultiple(): Argument #1 ($values) must not contain an empty key
TypeError: Trove\Cache::storeMultiple(): Argument #1 ($values) must have strings or integers for keys, array given
TypeError: Trove\Cache::storeMultiple(): Argument #1 ($values) must be of type Traversable|array, int given
-- ttl
ValueError: Trove\Cache::store(): Argument #3 ($ttl) must not be negative, -1 given
ValueError: Trove\Cache::store(): Argument #3 ($ttl) must not be negative, -0.001 given
ValueError: Trove\Cache::store(): Argument #3 ($ttl) must be a finite number of seconds, NAN given
ValueError: Trove\Cache::store(): Argument #3 ($ttl) must be a finite number of seconds, INF given
ValueError: Trove\Cache::store(): Argument #3 ($ttl) must be a finite number of seconds, -INF given
TypeError: Trove\Cache::store(): Argument #3 ($ttl) must be of type DateInterval|DateTimeInterface|int|float|null, string given
TypeError: Trove\Cache::store(): Argument #3 ($ttl) must be of type DateInterval|DateTimeInterface|int|float|null, array given
TypeError: Trove\Cache::store(): Argument #3 ($ttl) must be of type DateInterval|DateTimeInterface|int|float|null, stdClass given
ValueError: Trove\Cache::store(): Argument #5 ($stale) must not be negative, -1 given
ValueError: Trove\Cache::storeMultiple(): Argument #2 ($ttl) must not be negative, -1 given
ValueError: Trove\Cache::increment(): Argument #4 ($ttl) must not be negative, -1 given
ValueError: Trove\Cache::touch(): Argument #2 ($ttl) must not be negative, -5 given
-- tags
ValueError: Trove\Cache::store(): Argument #4 ($tags) must not contain an empty tag
TypeError: Trove\Cache::store(): Argument #4 ($tags) must be an array of strings, null given in it
TypeError: Trove\Cache::store(): Argument #4 ($tags) must be of type array, string given
ValueError: Trove\Cache::invalidateTags(): Argument #1 ($tags) must not contain an empty tag
TypeError: Trove\Cache::refreshTags(): Argument #1 ($tags) must be an array of strings, array given in it
ValueError: Trove\Cache::keysByTag(): Argument #1 ($tag) must not be empty
ValueError: Trove\Cache::countByTag(): Argument #1 ($tag) must not be empty
TypeError: Trove\Cache::deleteMatchingTags(): Argument #2 ($noneOf) must be an array of strings, float given in it
ValueError: Trove\Cache::token(): Argument #1 ($tags) must not contain an empty tag
ValueError: Trove\Cache::beginInvalidation(): Argument #2 ($deadline) must be finite and greater than 0, 0 given
ValueError: Trove\Cache::beginInvalidation(): Argument #2 ($deadline) must be finite and greater than 0, NAN given
TypeError: Trove\Cache::invalidateTags(): Argument #1 ($tags) must be an array of strings, class@anonymous given in it
TypeError: Trove\Cache::store(): Argument #6 ($token) must be of type ?Trove\Token, stdClass given
-- values
TypeError: Trove\Cache::store(): Argument #2 ($value) must not be a resource
Exception: Serialization of 'Closure' is not allowed
TypeError: Trove\Cache::compareAndSwap(): Argument #3 ($new) must not be a resource
ValueError: Trove\Cache::decrement(): Argument #2 ($by) must be greater than PHP_INT_MIN
TypeError: The value of key "key" is not an integer
-- objects
Error: Trove\Cache is constructed already
Error: Trying to clone an uncloneable object of class Trove\Cache
Exception: Serialization of 'Trove\Cache' is not allowed
Exception: Unserialization of 'Trove\Cache' is not allowed
Error: Cannot create dynamic property Trove\Cache::$property
Error: Call to private Trove\Token::__construct() from global scope
Error: Call to private Trove\Invalidation::__construct() from global scope
Error: Cannot modify readonly property Trove\Entry::$state
-- old, tag, 1

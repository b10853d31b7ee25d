--TEST--
What the cache could not do is an exception under Trove\Exception that says why; nothing is changed
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('test');
function fails(string $what, callable $f): void
{
    try {
        $f();
        echo "$what: nothing thrown\n";
    } catch (Trove\Exception $e) {
        echo "$what: ", get_class($e), ' (', get_parent_class($e), '): ', $e->getMessage(), "\n";
    }
}
$cache->store('n', PHP_INT_MAX);
fails('overflow', fn () => $cache->increment('n'));
fails('overflow of a new one', fn () => $cache->decrement('new', 2, PHP_INT_MIN + 1));
fails('recursion', fn () => $cache->remember('r', fn () => $cache->remember('r', fn () => 1)));
fails('recursion in another', fn () => $cache->remember('r', fn () => $cache->remember('s', fn () => $cache->remember('r', fn () => 1))));
$cache->freeze();
fails('frozen', fn () => $cache->store('n', 1));
$cache->flush();

$small = new Trove\Cache('small');
$small->configure(['quota' => 32]);
fails('no room', fn () => $small->increment('n'));
var_dump($small->store('n', 1), count($small), count($cache));

$made = count(Trove\Cache::all());
fails('names', function () use (&$made) {
    for (; $made < 10_000; $made++) {
        new Trove\Cache("cache $made");
    }
});
var_dump($made === count(Trove\Cache::all()), (new Trove\Cache('test'))->store('still', 1));
?>
--EXPECTF--
overflow: Trove\OverflowException (OverflowException): The value of key "n" would leave the range of an integer
overflow of a new one: Trove\OverflowException (OverflowException): The value of key "new" would leave the range of an integer
recursion: Trove\RecursionException (LogicException): Trove\Cache::remember(): key "r" is needed for its own computation
recursion in another: Trove\RecursionException (LogicException): Trove\Cache::remember(): key "r" is needed for its own computation
frozen: Trove\CacheException (RuntimeException): the cache is frozen until its flush() (private memory)
no room: Trove\CacheException (RuntimeException): no room for %d bytes in the cache's quota of 32 bytes (private memory); raise its option quota
bool(false)
int(0)
int(0)
names: Trove\CacheException (RuntimeException): all %d named caches of this segment are taken (private memory)
bool(true)
bool(true)

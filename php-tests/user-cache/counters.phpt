--TEST--
UserCache\Cache: increment() and decrement() start at 0, refuse what is no integer and sums that would be none
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.user_cache=1
--FILE--
<?php
$cache = UserCache\Cache::getPool('counters');
var_dump($cache->increment('n'), $cache->increment('n', 4), $cache->decrement('n', 2), $cache->decrement('new', 3, 100), $cache->fetch('n'));
$cache->store('text', 'x');
$cache->store('most', PHP_INT_MAX);
$cache->store('least', PHP_INT_MIN);
foreach ([['increment', 'text'], ['decrement', 'text'], ['increment', 'most'], ['decrement', 'least'], ['increment', 'n', -1], ['decrement', 'n', 1, -1]] as $call) {
    $method = array_shift($call);
    try {
        $cache->$method(...$call);
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
var_dump($cache->fetch('text'), $cache->fetch('most') === PHP_INT_MAX, $cache->fetch('least') === PHP_INT_MIN);
?>
--EXPECT--
int(1)
int(5)
int(3)
int(-3)
int(3)
ValueError: Increment of user cache key "text" needs an integer to be stored there
ValueError: Decrement of user cache key "text" needs an integer to be stored there
ArithmeticError: Increment of user cache key "most" would leave the range of an integer
ArithmeticError: Decrement of user cache key "least" would leave the range of an integer
ValueError: UserCache\Cache::increment(): Argument #2 ($step) must be greater than or equal to 0
ValueError: UserCache\Cache::decrement(): Argument #3 ($ttl) must be greater than or equal to 0
string(1) "x"
bool(true)
bool(true)

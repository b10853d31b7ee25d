--TEST--
UserCache\Cache::remember() calls the callback with the key, once; what it throws is thrown and nothing is stored
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.user_cache=1
--FILE--
<?php
$cache = UserCache\Cache::getPool('remember');
$calls = 0;
$compute = function (...$arguments) use (&$calls) {
    $calls++;
    return $arguments;
};
var_dump($cache->remember('key', $compute, 100) === ['key'], $cache->remember('key', $compute) === ['key'], $calls);
var_dump($cache->remember('upper', 'strtoupper'));
try {
    $cache->remember('bad', fn() => throw new RuntimeException('thrown'));
} catch (RuntimeException $exception) {
    echo $exception->getMessage(), ' ', json_encode($cache->has('bad')), "\n";
}
var_dump($cache->remember('bad', fn() => 'good'), $cache->remember('null', fn() => null), $cache->has('null'));
try {
    $cache->remember('self', fn() => $cache->remember('self', fn() => 1));
} catch (Trove\RecursionException $exception) {
    echo $exception->getMessage(), "\n";
}
?>
--EXPECT--
bool(true)
bool(true)
int(1)
string(5) "UPPER"
thrown false
string(4) "good"
NULL
bool(true)
Trove\Cache::remember(): key "self" is needed for its own computation

--TEST--
UserCache\Cache: bad keys, names of pools, ttls, leases and values are refused, and nothing is stored
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.user_cache=1
--FILE--
<?php
use UserCache\Cache;

$cache = Cache::getPool('arguments');
$calls = [
    fn() => $cache->store('', 1),
    fn() => $cache->fetch("a\x1fb"),
    fn() => $cache->store('key', 1, -1),
    fn() => $cache->remember('key', fn() => 1, -1),
    fn() => $cache->lock('key', -1),
    fn() => $cache->fetchMultiple(['ok', '']),
    fn() => $cache->fetchMultiple(['ok', 1.5]),
    fn() => $cache->deleteMultiple([new stdClass]),
    fn() => $cache->storeMultiple(['ok' => 1, '' => 1]),
    fn() => $cache->storeMultiple(["a\x1f" => 1]),
    fn() => $cache->storeMultiple(['ok' => 1], -1),
    fn() => $cache->store('key', STDIN),
    fn() => $cache->store('key', fn() => 1),
    fn() => Cache::getPool(''),
    fn() => Cache::hasPool("a\x1f"),
    fn() => Cache::deletePool(str_repeat('x', 129)),
    fn() => new Cache,
    fn() => clone $cache,
    fn() => serialize($cache),
    fn() => $cache->fetch(),
];
foreach ($calls as $call) {
    try {
        var_dump($call());
    } catch (Throwable $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
echo json_encode($cache->getPoolStatus()->getEntryKeys()), "\n";
?>
--EXPECT--
ValueError: UserCache\Cache::store(): Argument #1 ($key) must not be empty
ValueError: UserCache\Cache::fetch(): Argument #1 ($key) must not contain the byte 0x1F
ValueError: UserCache\Cache::store(): Argument #3 ($ttl) must be greater than or equal to 0
ValueError: UserCache\Cache::remember(): Argument #3 ($ttl) must be greater than or equal to 0
ValueError: UserCache\Cache::lock(): Argument #2 ($lease) must be greater than or equal to 0
ValueError: UserCache\Cache::fetchMultiple(): Argument #1 ($keys) must contain keys of which each must not be empty
ValueError: UserCache\Cache::fetchMultiple(): Argument #1 ($keys) must contain strings, float given
ValueError: UserCache\Cache::deleteMultiple(): Argument #1 ($keys) must contain strings, stdClass given
ValueError: UserCache\Cache::storeMultiple(): Argument #1 ($values) must have keys of which each must not be empty
ValueError: UserCache\Cache::storeMultiple(): Argument #1 ($values) must have keys of which each must not contain the byte 0x1F
ValueError: UserCache\Cache::storeMultiple(): Argument #2 ($ttl) must be greater than or equal to 0
TypeError: UserCache\Cache::store(): Argument #2 ($value) must not be a resource
Exception: Serialization of 'Closure' is not allowed
ValueError: UserCache\Cache::getPool(): Argument #1 ($pool) must not be empty
ValueError: UserCache\Cache::hasPool(): Argument #1 ($pool) must not contain the byte 0x1F
ValueError: UserCache\Cache::deletePool(): Argument #1 ($pool) must have at most 128 bytes, has 129
Error: Call to private UserCache\Cache::__construct() from global scope
Error: Trying to clone an uncloneable object of class UserCache\Cache
Exception: Serialization of 'UserCache\Cache' is not allowed
ArgumentCountError: UserCache\Cache::fetch() expects at least 1 argument, 0 given
[]

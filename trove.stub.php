<?php

/**
 * Trove: a user cache in shared memory that every PHP process of a host shares.
 *
 * For IDEs and static analysers. php-tests/cache/stub.phpt checks it against what the extension declares.
 */

namespace Trove;

/** What every exception of this extension implements. */
interface Exception extends \Throwable
{
}

/** The cache could not do what was asked: it is frozen, all names are taken, or a stopped process holds a lock. */
class CacheException extends \RuntimeException implements Exception
{
}

/** The computation of a key asks for the same key again: it would wait for itself. */
class RecursionException extends \LogicException implements Exception
{
}

/** `Cache::increment()` or `Cache::decrement()` would leave the range of an integer. */
class OverflowException extends \OverflowException implements Exception
{
}

/**
 * A named cache. Names do not see each other's keys and tags; all processes that share a segment see the same caches.
 *
 * Keys are strings of any bytes, but not empty. Tags are likewise, any number of them for each entry. In arrays an integer counts as its decimal
 * digits: PHP makes integers of such keys.
 *
 * A ttl is a number of seconds (fractions count to the millisecond), a DateInterval from now, or a DateTimeInterface as the moment of expiry; null is
 * the cache's default, 0 is for ever. A negative number is a ValueError. A moment in the past, an interval back in time and one of nothing are
 * over at once, as in PSR-6 and PSR-16: what is stored so has expired, and what was there before is gone.
 *
 * Where Trove is switched off, stores return false, fetches miss, and nothing throws.
 *
 * @implements \IteratorAggregate<string, mixed>
 */
final class Cache implements \IteratorAggregate, \Countable
{
    /**
     * Opens the cache, and makes it where it is not there.
     *
     * @param string $name 1 to 128 bytes.
     * @param int|float|\DateInterval|\DateTimeInterface|null $ttl Default ttl of this object's stores; null is the cache's own default.
     * @throws \ValueError $name is empty or too long, $ttl is negative.
     * @throws CacheException The segment has no room for one more named cache.
     */
    public function __construct(string $name = 'default', int|float|\DateInterval|\DateTimeInterface|null $ttl = null) {}

    /** The name. */
    public function name(): string {}

    /**
     * The value, or $default where there is none. A stale value counts as none: see remember().
     *
     * @throws \ValueError $key is empty. So it is for all methods below.
     */
    public function fetch(string $key, mixed $default = null): mixed {}

    /**
     * The values of several keys, in the order asked for, $default for each that is missing.
     *
     * @param iterable<string|int> $keys
     * @return array<array-key, mixed> By key, as PHP's arrays have it: that of "1" is the integer 1.
     */
    public function fetchMultiple(iterable $keys, mixed $default = null): array {}

    /** Whether the key has a value that fetch() would return. */
    public function has(string $key): bool {}

    /**
     * Stores a value.
     *
     * @param list<string> $tags
     * @param int|float|\DateInterval|\DateTimeInterface|null $stale How long after its expiry the value may be served while one process computes it
     *     anew.
     * @param Token|null $token Taken before the value was computed: where a tag was invalidated since, the value is not stored.
     * @param bool $pin Never evict the entry. Beyond the limit of the option `pin` nothing is stored: what may be evicted after all is no version key,
     *     and no lock.
     * @return bool False where there was no room, which PHP's error log tells, or the value is older than an invalidation; the old value stays.
     * @throws \Exception What serialize() throws for a value that can not be stored; the old value stays.
     * @throws CacheException The cache is frozen.
     */
    public function store(
        string $key,
        mixed $value,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
        array $tags = [],
        int|float|\DateInterval|\DateTimeInterface|null $stale = null, ?Token $token = null, bool $pin = false,
    ): bool {}

    /**
     * Stores several values, all or none: where one can not be stored, or memory or quota do not suffice for all, nothing is, and the old values stay.
     * Only where the cache is frozen or a tag invalidated while they are being stored, old values may be gone as well.
     *
     * @param iterable<string|int, mixed> $values
     * @param list<string> $tags
     */
    public function storeMultiple(
        iterable $values,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
        array $tags = [],
        int|float|\DateInterval|\DateTimeInterface|null $stale = null, ?Token $token = null,
    ): bool {}

    /**
     * As store(), but only where the key has no value that fetch() would return.
     *
     * @param list<string> $tags
     */
    public function add(
        string $key,
        mixed $value,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
        array $tags = [],
        int|float|\DateInterval|\DateTimeInterface|null $stale = null, ?Token $token = null, bool $pin = false,
    ): bool {}

    /**
     * As store(), but only where the key has a value that fetch() would return.
     *
     * @param list<string> $tags
     */
    public function replace(
        string $key,
        mixed $value,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
        array $tags = [],
        int|float|\DateInterval|\DateTimeInterface|null $stale = null, ?Token $token = null, bool $pin = false,
    ): bool {}

    /** Removes a value, a stale one included; whether there was one. What remember() computes of the key meanwhile is not stored. */
    public function delete(string $key): bool {}

    /**
     * Removes several values; how many there were.
     *
     * @param iterable<string|int> $keys
     */
    public function deleteMultiple(iterable $keys): int {}

    /**
     * Adds to an integer, atomically, and returns the sum. A missing key starts at $initial, to which $by is added, and gets $ttl; an existing
     * one keeps its expiry and its tags.
     *
     * @throws OverflowException The sum is no integer any more; the value stays.
     * @throws \TypeError The value is not an integer; it stays.
     * @throws CacheException There is no room, or the cache is frozen.
     */
    public function increment(
        string $key, int $by = 1, int $initial = 0,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
    ): int {}

    /** As increment(), but subtracts. */
    public function decrement(
        string $key, int $by = 1, int $initial = 0,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
    ): int {}

    /**
     * Replaces $expected by $new where the value is identical to it: `===`; objects where serialize() writes the same of both. Expiry, windows
     * and tags stay. Of several processes with the same $expected, one succeeds. All this is one step.
     *
     * @return bool False where there is no fresh value, or another one.
     */
    public function compareAndSwap(string $key, mixed $expected, mixed $new): bool {}

    /** Gives a value another ttl without rewriting it; its stale window moves along, through a time without expiry as well. False where there is no value. */
    public function touch(string $key, int|float|\DateInterval|\DateTimeInterface|null $ttl = null): bool {}

    /** Marks a value stale now, one that is being computed too: it may be served while one process computes it anew. Whether there was one. */
    public function refresh(string $key): bool {}

    /** What is known about a key, whether it is fresh, stale or missing. Does not count as a hit. */
    public function entry(string $key): Entry {}

    /**
     * Every entry that has any of the tags is gone, for every process at once. O(tags), whatever the number of entries.
     *
     * @param list<string> $tags
     * @throws CacheException A stopped process holds a lock: not all tags are invalidated.
     */
    public function invalidateTags(array $tags): void {}

    /**
     * As invalidateTags(), but the entries become stale.
     *
     * @param list<string> $tags
     * @throws CacheException
     */
    public function refreshTags(array $tags): void {}

    /**
     * Removes the entries that have all of $allOf and none of $noneOf; how many. O(entries of the rarest tag in $allOf), or of the cache where
     * that is empty. What is stored meanwhile may stay.
     *
     * @param list<string> $allOf
     * @param list<string> $noneOf
     */
    public function deleteMatchingTags(array $allOf, array $noneOf = []): int {}

    /**
     * The keys of the entries that have the tag, fresh and stale, the one stored last first. O(entries).
     *
     * @return list<string>
     */
    public function keysByTag(string $tag): array {}

    /** How many entries have the tag. O(1): those that have expired, or died by another tag, count until they are cleared away. */
    public function countByTag(string $tag): int {}

    /**
     * The tags of a key; empty where there is no such key.
     *
     * @return list<string>
     */
    public function tags(string $key): array {}

    /**
     * The moment before a computation that happens outside of the cache. Given to store(), it keeps a value out that was computed before one of its
     * tags was invalidated. (remember() does that by itself.)
     *
     * @param list<string> $tags The tags that are expected; a token is good for others as well.
     */
    public static function token(array $tags = []): Token {}

    /**
     * Marks tags dirty before what their entries were made from is changed: until commit() of the result, their entries are stale at best, those
     * stored meanwhile included. Where the process dies before, or drops the result, they stay stale.
     *
     * @param list<string> $tags
     * @param float $deadline Seconds after which a process that has not committed is taken for dead.
     * @throws CacheException
     */
    public function beginInvalidation(array $tags, float $deadline = 60.0): Invalidation {}

    /**
     * Every entry of this cache is gone, for every process at once; other caches are not touched. O(1). Ends a freeze.
     */
    public function flush(): void {}

    /**
     * Makes the cache refuse writes with a CacheException until its flush(). All its reads skip expiry: what is fresh now stays so. Entries may still be
     * evicted. O(memory / 512 KB).
     *
     * @throws CacheException A stopped process holds a lock; the cache is frozen, but a store that is under way may still come.
     */
    public function freeze(): void {}

    /** Whether it is. */
    public function isFrozen(): bool {}

    /**
     * Sets options, for every process that shares the segment; the setting `trove.caches` counts before. What is not named stays, null is the default.
     *
     * ttl, stale: seconds, for stores without them. quota: bytes, beyond which own entries are evicted. compress: bytes from which values are
     * compressed, at compress_level 1 to 19. pin: bytes of entries with `pin: true`. null: stores succeed and fetches miss, while deletes and invalidations act. Bytes may be as
     * '64K'. All count from the next operation on, in objects that are there already as well.
     *
     * @param array<string, int|float|bool|string|null> $options
     * @return array<string, int|float|bool> All options, as they count in this process.
     * @throws \ValueError An unknown option, or a value that is not allowed; nothing is set then.
     */
    public function configure(array $options = []): array {}

    /**
     * The keys, of those with the prefix, in no order. One that is there all the time comes once; one that comes or goes meanwhile at most once.
     *
     * @return \Iterator<int, string>
     */
    public function keys(string $prefix = ''): \Iterator {}

    /**
     * All entries, as keys() goes through them, and each with the value that it has when its turn comes.
     *
     * @return \Iterator<string, mixed>
     */
    public function getIterator(): \Iterator {}

    /** Number of entries, those included that have expired and are not yet cleared away. O(1). */
    public function count(): int {}

    /** Numbers of this cache. */
    public function info(): CacheInfo {}

    /**
     * Every named cache of the segment, by name.
     *
     * @return array<string, Cache>
     */
    public static function all(): array {}

    /**
     * The value, or what $compute returns, stored. One computation at a time for each key, across all processes of the host: with a stale value
     * at hand nobody but the one waits; without one the others wait, at most $wait seconds, then compute themselves.
     *
     * A process that dies, throws or exits in $compute frees the key at once, and the next one computes. What was stored, deleted, invalidated or
     * refreshed while $compute ran is newer than what it has read: the value is returned, and not stored, or stored as stale. Fibers do not wait for
     * each other: another one gets the stale value, or computes for itself.
     * @template T
     * @param callable(Computation): T $compute May change ttl, tags, stale window and cacheability through its argument.
     * @param list<string> $tags
     * @param int|float|\DateInterval|\DateTimeInterface|null $stale How long after its expiry the value may be served while one process computes it
     *     anew; longer, up to five minutes, where that takes longer.
     * @param float $beta Above 0: probabilistic early expiration (Vattani, Chierichetti and Lowenstein, VLDB 2015); 1 is a good value.
     * @param bool $background The one that is to compute gets the stale value as well, and computes after its response is sent.
     * @param float $staleIfError Seconds after the stale window in which the old value is served where $compute throws. The exception is
     *     written to PHP's error log.
     * @param float $wait Seconds that others wait for the one that computes, where there is nothing to serve.
     * @param float $lease Seconds that a computation may take; then another process may begin one.
     * @return T
     * @throws RecursionException Asked for from inside its own computation, in the same fiber.
     * @throws \Exception What $compute throws, or serialize() for a value that can not be stored.
     */
    public function remember(
        string $key,
        callable $compute,
        int|float|\DateInterval|\DateTimeInterface|null $ttl = null,
        array $tags = [],
        int|float|\DateInterval|\DateTimeInterface|null $stale = null,
        float $beta = 0.0, bool $background = false, float $staleIfError = 0.0, float $wait = 10.0, float $lease = 60.0,
    ): mixed {}

    /**
     * The right to a name, for $lease seconds at most; null where somebody else has it for $wait seconds, or Trove is off. Released with the object, at the end of the
     * request and on death. A name is not a key: both may be called the same.
     *
     * @throws CacheException All leases of the segment are taken, or this process has no place of its own in it.
     */
    public function lock(string $key, float $lease, float $wait = 0.0): ?Lock {}
}

/** What was known about a key when Cache::entry() was called. */
final class Entry
{
    /** fetch() returns it. */
    public const FRESH = 'fresh';
    /** It is past its expiry, inside its stale window, or was marked stale: remember() serves it while one process computes it anew. */
    public const STALE = 'stale';
    /** There is none. */
    public const MISSING = 'missing';

    /** The key. */
    public readonly string $key;
    /** FRESH, STALE or MISSING. */
    public readonly string $state;
    /** Seconds since 1970; null is never. */
    public readonly ?float $expires;
    /** Until when it may be served stale, in seconds since 1970; null where it has no stale window. */
    public readonly ?float $staleUntil;
    /** @var list<string> */
    public readonly array $tags;
    /** Bytes of memory, key and overhead included. */
    public readonly int $size;
    /** Fetches that found it; counted by chance above 255. */
    public readonly int $hits;
    /** When it was stored, in seconds since 1970; null where there is none. */
    public readonly ?int $created;

    private function __construct() {}
}

/** Numbers of a named cache. */
final class CacheInfo
{
    /** The cache's name. */
    public readonly string $name;
    /** Entries, as Cache::count(). */
    public readonly int $entries;
    /** Bytes of memory that they take. */
    public readonly int $bytes;
    /** Fetches that found a fresh entry. Objects report theirs when they are freed, and every thousand fetches. */
    public readonly int $hits;
    /** Fetches that did not. */
    public readonly int $misses;
    /** Entries that had to leave for want of memory. */
    public readonly int $evictions;
    /** Bytes of memory for entries of all caches. */
    public readonly int $memory;
    /** Those of them that are free. */
    public readonly int $free;

    private function __construct() {}
}

/** A moment before a computation: see Cache::token(). Good for the process that took it. */
final class Token
{
    private function __construct() {}
}

/** A change that was announced: see Cache::beginInvalidation(). */
final class Invalidation
{
    private function __construct() {}

    /** The entries of the tags are gone, and those stored from now on are fresh. A second call does nothing. */
    public function commit(): void {}
}

/** A walk over a cache: see Cache::keys() and Cache::getIterator(). */
final class CacheIterator implements \Iterator
{
    private function __construct() {}

    public function current(): mixed {}
    public function key(): mixed {}
    public function next(): void {}
    public function rewind(): void {}
    public function valid(): bool {}
}

/** What a callback of Cache::remember() may change about the value that it computes. */
final class Computation
{
    private function __construct() {}

    /** The key. */
    public function key(): string {}

    /** How long the value lives. */
    public function setTtl(int|float|\DateInterval|\DateTimeInterface|null $ttl): Computation {}

    /** How long after its expiry it may be served while one process computes it anew. */
    public function setStale(int|float|\DateInterval|\DateTimeInterface|null $stale): Computation {}

    /** @return list<string> */
    public function tags(): array {}

    /** @param list<string> $tags */
    public function setTags(array $tags): Computation {}

    /** @param list<string> $tags */
    public function addTags(array $tags): Computation {}

    /** Whether the value is stored; if not, it is returned to the caller alone. */
    public function setCacheable(bool $cacheable): Computation {}
}

/** The right to a name: see Cache::lock(). */
final class Lock
{
    private function __construct() {}

    /** Gives it back; false where it was lost before. */
    public function release(): bool {}

    /** Whether it is still held: its lease is not over, and it was not released. */
    public function isHeld(): bool {}

    /** Holds it for $lease seconds from now; false where it was lost before. */
    public function extend(float $lease): bool {}
}

/** @internal Runs the computations that remember() was asked to do in the background, at the end of the request. */
final class Background
{
    private function __construct() {}

    public function __invoke(): void {}
}

/**
 * What a page of monitoring shows: version, segment, memory, counters, and the last problem.
 *
 * @return array<string, mixed>
 */
function status(): array {}

/**
 * Makes every process that is attached forget the stat and realpath caches, and resolve each path anew; compiled code is kept. Right after a
 * deployment that swaps a symbolic link.
 *
 * @return int|false How many processes are reached; false where `trove.restrict_api` forbids it, or it could not be published.
 */
function reset(): int|false {}

/** Resets the opcache of every process that is attached, before it runs the next request. */
function opcache_reset(): int|false {}

/**
 * Drops the compiled code of files, in the opcache of every process that is attached.
 *
 * @param string|list<string> $paths
 */
function opcache_invalidate(string|array $paths): int|false {}

/** Makes every process that is attached forget what it knows about a file, or about all of them. */
function stat_clear(?string $path = null): int|false {}

/** For processes that serve many jobs in one request: ends the request for Trove, and applies resets. Whether there were any. */
function poll(): bool {}

--TEST--
remember() refuses what makes no sense, names the argument and the value, and calls nothing
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('pages');
$never = function () {
    echo "called\n";
};
report('no callback', fn () => $cache->remember('key'));
report('too many', fn () => $cache->remember('key', $never, 1, [], 1, 1, true, 1, 1, 1, 1));
report('empty key', fn () => $cache->remember('', $never));
report('key', fn () => $cache->remember([], $never));
report('callback', fn () => $cache->remember('key', 'no_such_function'));
report('ttl', fn () => $cache->remember('key', $never, -1));
report('ttl', fn () => $cache->remember('key', $never, 'soon'));
report('tags', fn () => $cache->remember('key', $never, tags: 'tag'));
report('tags', fn () => $cache->remember('key', $never, tags: ['']));
report('tags', fn () => $cache->remember('key', $never, tags: [1.5]));
report('stale', fn () => $cache->remember('key', $never, stale: -0.5));
report('beta', fn () => $cache->remember('key', $never, beta: -1));
report('beta', fn () => $cache->remember('key', $never, beta: INF));
report('background', fn () => $cache->remember('key', $never, background: []));
report('staleIfError', fn () => $cache->remember('key', $never, staleIfError: -1));
report('wait', fn () => $cache->remember('key', $never, wait: NAN));
report('lease', fn () => $cache->remember('key', $never, lease: 0));
report('has', fn () => $cache->has('key'));
--EXPECT--
no callback -> ArgumentCountError: Trove\Cache::remember() expects at least 2 arguments, 1 given
too many -> ArgumentCountError: Trove\Cache::remember() expects at most 10 arguments, 11 given
empty key -> ValueError: Trove\Cache::remember(): Argument #1 ($key) must not be empty
key -> TypeError: Trove\Cache::remember(): Argument #1 ($key) must be of type string, array given
callback -> TypeError: Trove\Cache::remember(): Argument #2 ($compute) must be a valid callback, function "no_such_function" not found or invalid function name
ttl -> ValueError: Trove\Cache::remember(): Argument #3 ($ttl) must not be negative, -1 given
ttl -> TypeError: Trove\Cache::remember(): Argument #3 ($ttl) must be of type DateInterval|DateTimeInterface|int|float|null, string given
tags -> TypeError: Trove\Cache::remember(): Argument #4 ($tags) must be of type array, string given
tags -> ValueError: Trove\Cache::remember(): Argument #4 ($tags) must not contain an empty tag
tags -> TypeError: Trove\Cache::remember(): Argument #4 ($tags) must be an array of strings, float given in it
stale -> ValueError: Trove\Cache::remember(): Argument #5 ($stale) must not be negative, -0.5 given
beta -> ValueError: Trove\Cache::remember(): Argument #6 ($beta) must be finite and not negative, -1 given
beta -> ValueError: Trove\Cache::remember(): Argument #6 ($beta) must be finite and not negative, INF given
background -> TypeError: Trove\Cache::remember(): Argument #7 ($background) must be of type bool, array given
staleIfError -> ValueError: Trove\Cache::remember(): Argument #8 ($staleIfError) must be finite and not negative, -1 given
wait -> ValueError: Trove\Cache::remember(): Argument #9 ($wait) must be finite and not negative, NAN given
lease -> ValueError: Trove\Cache::remember(): Argument #10 ($lease) must be finite and greater than 0, 0 given
has -> false

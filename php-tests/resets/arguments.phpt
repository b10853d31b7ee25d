--TEST--
Who may reset, what is returned, and which arguments are refused
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
require __DIR__ . '/../support/processes.inc';
own_segment();
report('reset', fn () => Trove\reset());
report('opcache_reset', fn () => Trove\opcache_reset());
report('stat_clear', fn () => [Trove\stat_clear(), Trove\stat_clear(null), Trove\stat_clear('/a')]);
ob_start(fn ($text) => preg_replace('# \(/.*?\)#', '', $text));
report('stat_clear, long path', fn () => Trove\stat_clear(str_repeat('x', 500)));
ob_end_flush();
report('opcache_invalidate', fn () => [Trove\opcache_invalidate('/a'), Trove\opcache_invalidate(['/a', '/b'])]);
report('opcache_invalidate, many', fn () => Trove\opcache_invalidate(array_fill(0, 1000, '/some/path/or/other')));
report('opcache_invalidate, none', fn () => Trove\opcache_invalidate([]));
report('opcache_invalidate, int', fn () => Trove\opcache_invalidate(1));
report('opcache_invalidate, ints', fn () => Trove\opcache_invalidate(['/a', 1]));
report('opcache_invalidate, empty', fn () => Trove\opcache_invalidate(''));
report('opcache_invalidate, one empty', fn () => Trove\opcache_invalidate(['/a', '']));
report('poll', fn () => Trove\poll());
report('poll, argument', fn () => Trove\poll(1));
echo Php::once('var_dump(Trove\reset(), Trove\poll());', ['trove.segment' => 'x', 'trove.restrict_api' => '/nowhere']);
echo Php::once('var_dump(Trove\reset(), Trove\poll());', ['trove.enable_cli' => 0]);
--EXPECT--
reset -> 1
opcache_reset -> 1
stat_clear -> [1, 1, 1]
stat_clear, long path -> Warning: Trove\stat_clear(): the length of a path is 500 bytes, allowed is up to 496 bytes | false
opcache_invalidate -> [1, 1]
opcache_invalidate, many -> 1
opcache_invalidate, none -> TypeError: Trove\opcache_invalidate(): Argument #1 ($paths) must be a string or a list of strings, not empty
opcache_invalidate, int -> TypeError: Trove\opcache_invalidate(): Argument #1 ($paths) must be a string or a list of strings, not empty
opcache_invalidate, ints -> TypeError: Trove\opcache_invalidate(): Argument #1 ($paths) must be a string or a list of strings, not empty
opcache_invalidate, empty -> ValueError: Trove\opcache_invalidate(): Argument #1 ($paths) must not be empty
opcache_invalidate, one empty -> ValueError: Trove\opcache_invalidate(): Argument #1 ($paths) must not contain an empty path
poll -> false
poll, argument -> ArgumentCountError: Trove\poll() expects exactly 0 arguments, 1 given

Warning: Trove\reset(): Trove's resets are restricted by the setting trove.restrict_api in Command line code on line 1
bool(false)
bool(false)
bool(false)
bool(false)

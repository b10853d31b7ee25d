--TEST--
staleIfError: where the callback throws, the old value is served for a further window, and the exception is logged
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
log_errors=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$log = tempnam(sys_get_temp_dir(), 'trove');
ini_set('error_log', $log);
$cache = new Trove\Cache('pages');
// A framework's handler must not see it.
set_error_handler(fn ($level, $message) => throw new ErrorException($message));
$fail = fn () => throw new RuntimeException("the database\nis down");
$ask = fn (float $if_error = 3600) => $cache->remember('key', $fail, staleIfError: $if_error);

report('nothing to serve', fn () => $ask());
$cache->remember('key', fn () => ['old'], ttl: 0.05, staleIfError: 3600);
report('fresh', fn () => $ask());
while ($cache->has('key')) {
    usleep(1000);
}
report('expired', fn () => $ask());
report('again', fn () => $ask());
report('not asked for', fn () => $ask(0));
usleep(1_000);
report('too old', fn () => $ask(0.001));
report('fetch', fn () => $cache->fetch('key'));
report('a value ends it', fn () => [$cache->remember('key', fn () => 'new'), $ask()]);
$cache->refresh('key');
report('marked stale', fn () => $ask());
$cache->delete('key');
report('deleted', fn () => $ask());
$cache->remember('key', fn () => 'tagged', tags: ['tag']);
$cache->invalidateTags(['tag']);
report('invalidated', fn () => $ask());

// exit is no error.
register_shutdown_function(function () use ($log, $cache) {
    echo "ended, ", var_export($cache->has('gone'), true), "\n";
    echo preg_replace('/^\[.*?\] /m', '', file_get_contents($log));
    unlink($log);
});
$cache->remember('gone', fn () => 'old', ttl: 0.001, staleIfError: 3600);
usleep(1_000);
$cache->remember('gone', function () {
    exit;
}, staleIfError: 3600);
echo "not reached\n";
--EXPECTF--
nothing to serve -> RuntimeException: the database
is down
fresh -> ['old']
expired -> ['old']
again -> ['old']
not asked for -> RuntimeException: the database
is down
too old -> RuntimeException: the database
is down
fetch -> null
a value ends it -> ['new', 'new']
marked stale -> 'new'
deleted -> RuntimeException: the database
is down
invalidated -> RuntimeException: the database
is down
ended, false
Trove: remember() of key "key": RuntimeException: the database is down in %s:8; the old value is served
Trove: remember() of key "key": RuntimeException: the database is down in %s:8; the old value is served
Trove: remember() of key "key": RuntimeException: the database is down in %s:8; the old value is served

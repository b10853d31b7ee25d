--TEST--
After Trove\reset() no request that starts runs the old release, whatever is in flight, in any pool of any master
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../support/deployment.inc';

$settings = fpm_settings();
// Work, not time: the machine may be busy.
$reset = fn ($code) => fn () => Php::once(
    '$used = fn () => array_sum(array_map(fn ($name) => getrusage()["ru_$name.tv_sec"] * 1e3 + getrusage()["ru_$name.tv_usec"] / 1e3, ["utime", "stime"]));'
        . "\$begin = \$used(); echo $code, ' ', \$used() - \$begin;",
    $settings + ['trove.segment' => 'default'],
);
foreach (['Trove\reset()' => 'Trove\reset()', 'with opcache' => 'Trove\stat_clear() + 0 * Trove\opcache_reset()'] as $how => $code) {
    $end = deploy_under_load($reset($code), $settings, 3, 1500);
    [$reached, $milliseconds] = explode(' ', $end['result']);
    echo "$how reaches $reached processes", $milliseconds < 100 ? '' : ", in $milliseconds ms", "\n";
    echo 'before: ', implode(', ', array_keys($end['before'])), '; after: ', implode(', ', array_keys($end['after'])),
        array_sum($end['after']) < 1500 ? ', too few' : '', "\n";
    echo "$end[failed] failed, $end[signals] killed, $end[written] files written, opcache restarted ", implode(' and ', $end['restarts']), " times\n";
    echo 'in flight: ', json_encode($end['in_flight']), "\n";
}
--EXPECT--
Trove\reset() reaches 13 processes
before: old; after: new
0 failed, 0 killed, 0 files written, opcache restarted 0 and 0 times
in flight: {"old old old":4}
with opcache reaches 13 processes
before: old; after: new
0 failed, 0 killed, 0 files written, opcache restarted 1 and 1 times
in flight: {"old old old":4}

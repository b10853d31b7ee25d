--TEST--
Times are seconds since 1970
--DESCRIPTION--
They come from a clock that moves every few milliseconds, and an access may be noted a second too early.
--EXTENSIONS--
apcu
--SKIPIF--
<?php
if (version_compare(phpversion('apcu'), '5.1.23', '<')) die('skip APCu before 5.1.23 used another clock');
--INI--
apc.enable_cli=1
--FILE--
<?php
$before = time() - 1;
apcu_store('key', 1);
usleep(1_100_000);
apcu_inc('key');
usleep(1_100_000);
apcu_fetch('key');
$after = time() + 1;
$info = apcu_key_info('key');
var_dump(
    $before <= $info['creation_time'] && $info['creation_time'] < $info['mtime'] && $info['mtime'] <= $info['access_time'] + 1
        && $info['creation_time'] < $info['access_time'] && $info['access_time'] <= $after
);
$row = apcu_cache_info()['cache_list'][0];
var_dump([$row['creation_time'], $row['mtime'], $row['access_time']] === [$info['creation_time'], $info['mtime'], $info['access_time']]);
var_dump(abs(apcu_cache_info(true)['start_time'] - $before) <= 10);
--EXPECT--
bool(true)
bool(true)
bool(true)

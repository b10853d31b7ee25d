--TEST--
Times are seconds since 1970
--EXTENSIONS--
apcu
--SKIPIF--
<?php
if (version_compare(phpversion('apcu'), '5.1.23', '<')) die('skip APCu before 5.1.23 used another clock');
--INI--
apc.enable_cli=1
--FILE--
<?php
$before = time();
apcu_store('key', 1);
sleep(1);
apcu_inc('key');
sleep(1);
apcu_fetch('key');
$after = time();
$info = apcu_key_info('key');
var_dump($before <= $info['creation_time'] && $info['creation_time'] < $info['mtime'] && $info['mtime'] < $info['access_time'] && $info['access_time'] <= $after);
$row = apcu_cache_info()['cache_list'][0];
var_dump([$row['creation_time'], $row['mtime'], $row['access_time']] === [$info['creation_time'], $info['mtime'], $info['access_time']]);
var_dump(abs(apcu_cache_info(true)['start_time'] - $before) <= 2);
--EXPECT--
bool(true)
bool(true)
bool(true)

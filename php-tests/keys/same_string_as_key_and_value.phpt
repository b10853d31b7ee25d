--TEST--
One string may be the entry's key, its value and an array key in it
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
foreach (['k', 'key', str_repeat('key', 100)] as $key) {
    $key .= random_int(1, 1);
    apcu_store($key, $key);
    report('value', fn () => apcu_fetch($key) === $key);
    apcu_store($key, [$key => $key, 'more' => [$key, $key]]);
    report('array', fn () => apcu_fetch($key) === [$key => $key, 'more' => [$key, $key]]);
}
--EXPECT--
value -> true
array -> true
value -> true
array -> true
value -> true
array -> true

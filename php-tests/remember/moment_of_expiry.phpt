--TEST--
A DateTimeInterface is the moment of expiry, however long the computation takes; a number counts from its end
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$slow = function () {
    usleep(300_000);
    return 'value';
};
$cache->remember('moment', $slow, new DateTimeImmutable('+250 milliseconds'));
var_dump($cache->has('moment'));
$cache->remember('number', $slow, 3600.25);
var_dump($cache->has('number'));
--EXPECT--
bool(false)
bool(true)

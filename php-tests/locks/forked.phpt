--TEST--
A forked child does not have its parent's lock, and can not release it
--EXTENSIONS--
trove
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('jobs');
$lock = $cache->lock('name', 60);
if (pcntl_fork() === 0) {
    var_dump($lock->isHeld(), $lock->extend(60), $lock->release());
    exit;
}
pcntl_wait($status);
var_dump($lock->isHeld());
if (pcntl_fork() === 0) {
    unset($lock);
    exit;
}
pcntl_wait($status);
var_dump($lock->isHeld(), $lock->release());
--EXPECT--
bool(false)
bool(false)
bool(false)
bool(true)
bool(true)
bool(true)

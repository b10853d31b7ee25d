--TEST--
With apc.slam_defense another process's store of the key just stored is refused within the second
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
apc.slam_defense=1
apc.use_request_time=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'parent');
if (($child = pcntl_fork()) === 0) {
    report('the same key', fn () => apcu_store('key', 'child'));
    report('the same key, add', fn () => apcu_add('key', 'child'));
    report('another key', fn () => apcu_store('other', 'child'));
    exit;
}
pcntl_waitpid($child, $status);
report('value', fn () => apcu_fetch('key'));
report('own key again', fn () => [apcu_store('mine', 1), apcu_store('mine', 2)]);
--EXPECT--
the same key -> false
the same key, add -> false
another key -> true
value -> 'parent'
own key again -> [true, true]

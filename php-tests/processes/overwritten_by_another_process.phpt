--TEST--
A value that another process overwrites is the new one at the next fetch, and the old one in hand stays
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$in_child = function (callable $do): void {
    if (($child = pcntl_fork()) === 0) {
        $do();
        exit;
    }
    pcntl_waitpid($child, $status);
};
apcu_store('key', ['old' => ['value']]);
$old = apcu_fetch('key');
$in_child(fn () => apcu_store('key', ['new' => ['value']]));
report('overwritten', fn () => [apcu_fetch('key'), $old]);
$in_child(fn () => apcu_delete('key'));
report('deleted', fn () => [apcu_fetch('key'), $old]);
$in_child(function () {
    for ($i = 0; $i < 10_000; $i++) {
        apcu_store('key' . $i % 100, str_repeat(chr(65 + $i % 26), $i % 3000));
    }
});
report('memory used again', fn () => [strlen(apcu_fetch('key99')), $old]);
--EXPECT--
overwritten -> [['new' => ['value']], ['old' => ['value']]]
deleted -> [false, ['old' => ['value']]]
memory used again -> [999, ['old' => ['value']]]

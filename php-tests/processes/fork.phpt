--TEST--
Parent and forked children share one cache
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('from the parent', ['a' => [1, 'two']]);
$inherited = apcu_fetch('from the parent');
$children = [];
for ($i = 0; $i < 3; $i++) {
    if (($children[] = pcntl_fork()) === 0) {
        apcu_store("from child $i", apcu_fetch('from the parent') + ['child' => $i]);
        apcu_inc('count');
        apcu_store("inherited $i", $inherited);
        exit;
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
    echo 'exit code ', pcntl_wexitstatus($status), "\n";
}
report('count', fn () => apcu_fetch('count'));
for ($i = 0; $i < 3; $i++) {
    report("child $i", fn () => apcu_fetch(["from child $i", "inherited $i"]));
}
if (pcntl_fork() === 0) {
    apcu_clear_cache();
    exit;
}
pcntl_wait($status);
report('cleared by a child', fn () => apcu_fetch('count'));
report('still held', fn () => $inherited);
--EXPECT--
exit code 0
exit code 0
exit code 0
count -> 3
child 0 -> ['from child 0' => ['a' => [1, 'two'], 'child' => 0], 'inherited 0' => ['a' => [1, 'two']]]
child 1 -> ['from child 1' => ['a' => [1, 'two'], 'child' => 1], 'inherited 1' => ['a' => [1, 'two']]]
child 2 -> ['from child 2' => ['a' => [1, 'two'], 'child' => 2], 'inherited 2' => ['a' => [1, 'two']]]
cleared by a child -> false
still held -> ['a' => [1, 'two']]

--TEST--
Where a stored value cannot be made again, unserialize() tells why, with a notice; the fetch is a miss, and the entry stays
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('there', 1);
if (($child = pcntl_fork()) === 0) {
    eval('enum Gone { case A; } enum Other { case A; } enum Backed: string { case X = "x"; } class Plain { public $p = 1; }');
    apcu_store(['case' => Gone::A, 'class' => Other::A, 'backing' => Backed::X, 'in a list' => [1, new Plain, Gone::A]]);
    exit;
}
pcntl_waitpid($child, $status);
eval('enum Gone { case B; } class Other { } enum Backed: int { case X = 1; } class Plain { public $p; }');
foreach (['case', 'class', 'backing', 'in a list'] as $key) {
    report($key, function () use ($key) {
        $found = 'unknown';
        $value = apcu_fetch($key, $found);
        return [$value, $found, apcu_exists($key)];
    });
}
report('several', fn () => apcu_fetch(['there', 'case', 'class']));
--EXPECTF--
case -> Warning: apcu_fetch(): Undefined constant Gone::A | Notice: apcu_fetch(): Error at offset %d of 13 bytes | [false, false, true]
class -> Warning: apcu_fetch(): Class 'Other' is not an enum | Notice: apcu_fetch(): Error at offset %d of 14 bytes | [false, false, true]
backing -> [Backed::X, true, true]
in a list -> Warning: apcu_fetch(): Undefined constant Gone::A | Notice: apcu_fetch(): Error at offset %d of 63 bytes | [false, false, true]
several -> Warning: apcu_fetch(): Undefined constant Gone::A | Notice: apcu_fetch(): Error at offset %d of 13 bytes | Warning: apcu_fetch(): Class 'Other' is not an enum | Notice: apcu_fetch(): Error at offset %d of 14 bytes | ['there' => 1]

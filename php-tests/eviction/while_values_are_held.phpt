--TEST--
Values that this request holds do not keep others from being stored, and stay whole when evicted
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '4M', 'error_log' => '/dev/null']);
for ($i = 0; $i < 20; $i++) {
    apcu_store("value $i", value($i));
    $held[] = apcu_fetch("value $i");
}
$failed = 0;
for ($i = 0; $i < 10_000; $i++) {
    $failed += !apcu_store("filler $i", str_repeat('f', 1000 + $i % 1000));
    $held[$i % 20 + 20] = apcu_fetch('filler ' . max(0, $i - 5));
}
echo $failed, ' failed, ', count(array_filter(array_slice($held, 0, 20), intact(...))), " of 20 held values intact\n";
--EXPECT--
0 failed, 20 of 20 held values intact

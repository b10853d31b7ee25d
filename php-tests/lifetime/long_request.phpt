--TEST--
A request that goes on for long keeps its first values whole, and goes on fetching right ones
--DESCRIPTION--
With trove.zero_copy=auto, what a request holds back is bounded: later fetches are copies. Neither may change in the script's hands.
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
$churner = churner();
$churner->run('churn(0);');
$values = [];
for ($i = 0; $i < 30; $i++) {
    $value = apcu_fetch('value ' . $i % 20);
    $values[] = $value;
    foreach ($values as $n => $value) {
        if (!intact($value)) {
            echo "round $i: value $n has changed\n";
        }
    }
    $churner->run('churn(1);');
    usleep(150_000);
}
echo count($values), ' values, ', $churner->end() ?: 'well', "\n";
--EXPECT--
30 values, well

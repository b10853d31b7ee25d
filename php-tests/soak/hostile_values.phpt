--TEST--
Whatever value one can build, a store and a fetch make of it what unserialize() makes of serialize(), also where its classes have changed
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/hostile.inc';
own_segment(['trove.memory' => '64M', 'apc.enable_cli' => 1]);
// Always the same, and others each time: what differs names its program and value, which hostile_compare() and hostile_fetch() replay.
foreach ([1, random_int(1_000, 1 << 28)] as $seed) {
    $compared = hostile_round($seed, 15);
    echo is_int($compared) && $compared > (PHP_DEBUG ? -1 : 3_000) ? "well\n" : "from program $seed on: $compared\n";
}
--EXPECT--
well
well

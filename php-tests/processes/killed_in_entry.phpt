--TEST--
A process that is killed in a callback holds nobody up
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$other = new Php;
$other->run('apcu_store("there", [1, 2]);');
for ($i = 0; $i < 5; $i++) {
    $victim = new Php;
    $victim->send('apcu_entry("key", function () { apcu_store("begun", 1); apcu_entry("inner", fn () => sleep(90)); });');
    while ($other->run('echo (int) apcu_exists("begun");') !== '1') {
        usleep(5_000);
    }
    $waiting = new Php;
    $waiting->send('echo apcu_entry("key", fn () => "computed by the next");');
    usleep(50_000);
    $victim->kill();
    $start = microtime(true);
    echo $waiting->receive(), ', ', $other->run('echo apcu_entry("inner", fn () => "inner too"), count(apcu_fetch("there"));'), "\n";
    if (microtime(true) - $start > 30) {
        echo "that took long\n";
    }
    $other->run('apcu_delete(["begun", "key", "inner"]);');
}
--EXPECT--
computed by the next, inner too2
computed by the next, inner too2
computed by the next, inner too2
computed by the next, inner too2
computed by the next, inner too2

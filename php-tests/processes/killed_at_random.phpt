--TEST--
Killing processes while they store, fetch and delete leaves the cache whole and nobody waiting
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '4M']);
$witness = churner();
$witness->run('churn(0);');
mt_srand(7);
for ($i = 0; $i < 40; $i++) {
    $victim = churner();
    $victim->send('while (true) { churn(1); apcu_inc("n"); apcu_entry("e" . mt_rand(0, 9), fn () => value(3)); iterator_count(new APCUIterator("/value/")); }');
    usleep(mt_rand(60_000, 120_000));
    $victim->kill();
    $start = microtime(true);
    $answer = $witness->run('for ($n = 0, $bad = 0; $n < 20; $n++) {
        $value = apcu_fetch("value $n");
        $bad += $value !== false && $value["n"] !== "overwritten" && !intact($value);
        $bad += !apcu_store("mine $n", value($n)) || apcu_exists("mine $n") && !intact(apcu_fetch("mine $n"));
        apcu_delete("mine $n");
    }
    echo $bad;');
    if ($answer !== '0' || microtime(true) - $start > 30) {
        echo "kill $i: $answer bad values, ", round(microtime(true) - $start, 1), " s\n";
    }
}
echo $witness->run('apcu_clear_cache(); $info = apcu_cache_info(); echo $info["num_entries"], count($info["cache_list"]); churn(1); echo intact(apcu_fetch("value 3")) ? " well" : " wrong";'),
    "\n";
--EXPECT--
00 well

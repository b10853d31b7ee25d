--TEST--
A process that the kernel kills for want of memory, in the middle of its stores, leaves the cache whole and nobody waiting
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../support/memory_group.inc';
if (!memory_group()) die('skip making a memory cgroup needs root, and the right to');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/memory_group.inc';
require __DIR__ . '/../support/checked_values.inc';
own_segment(['apc.enable_cli' => 1, 'trove.memory' => '8M', 'memory_limit' => -1]);
$code = 'require ' . var_export(realpath(__DIR__ . '/../support/checked_values.inc'), true) . ';';
$witness = new Php();
// The whole segment is charged to the witness: its memory does not count for those that are killed.
echo $witness->run($code . <<<'CODE'
    for ($i = 0; $i < 2_000; $i++) {
        apcu_store("first $i", checked_value(5_000));
    }
    echo apcu_store('mine', 1) ? "ready\n" : "not stored\n";
    CODE);
$killed = 0;
for ($round = 0; $round < 5; $round++) {
    $group = memory_group(48 << 20);
    $victim = new Php(prefix: "sh -c 'echo 0 >$group/cgroup.procs && exec \"\$@\"' sh");
    try {
        $victim->run($code . <<<'CODE'
            for ($i = 0, $hoard = []; $i < 100_000; $i++) {
                $key = 'key ' . mt_rand(1, 300);
                mt_rand(0, 1) ? apcu_store($key, checked_value(mt_rand(0, 20_000))) : apcu_delete($key);
                $hoard[] = str_repeat('x', 20_000);
            }
            echo 'it lives';
            CODE);
        echo "it lived\n";
    } catch (RuntimeException) {
        $killed += str_contains($victim->end(), 'killed by signal 9');
    }
    echo $witness->run(<<<'CODE'
        $faults = [];
        foreach (new APCUIterator('/^(key|first)/') as $key => $entry) {
            ($fault = fault_of($entry['value'])) === null || $faults[] = "$key: $fault";
        }
        for ($i = 1; $i <= 300; $i += 7) {
            apcu_store("key $i", checked_value(100)) || $faults[] = "key $i is not stored";
        }
        echo implode("\n", $faults);
        CODE);
    rmdir($group);
}
echo $killed, " killed\n", $witness->end();
--EXPECT--
ready
5 killed

--TEST--
While a process is stopped at any moment, readers notice nothing, and writers give up after a bounded time with a message that names the process
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['trove.memory' => '4M', 'error_log' => '/dev/null']);
$load = 'require ' . var_export(__DIR__ . '/../support/storm.inc', true) . ';';
$witness = new Php;
$witness->run($load);
$stopped = new Php;
$stopped->run($load);
$stopped->send('while (!apcu_exists("enough")) { storm_work(0.05, mt_rand()); }');
mt_srand(5);
for ($i = 0; $i < 25; $i++) {
    usleep(mt_rand(500, 8_000));
    $stopped->kill(19); // SIGSTOP
    // Reading takes no lock; writing to all stripes in turn finds the one that is held, if one is.
    $readers = $witness->run('for ($n = 0; $n < 300; $n++) {
            $value = apcu_fetch("key $n", $found);
            $found && ($fault = fault_of($value)) !== null && print("$fault ");
        }');
    $writers = $witness->run('for ($n = 0, $failed = 0; $n < 100 && $failed < 2; $n++) {
            $failed += !apcu_store("mine $n", $n);
        }
        echo $failed ? Trove\\status()["last_problem"] : "";');
    $stopped->kill(18); // SIGCONT
    $readers === '' || print("while stopped, a reader says: $readers\n");
    $writers === '' || str_contains($writers, "process $stopped->pid") || print("while stopped, a writer says: $writers\n");
}
echo $witness->run('apcu_store("enough", 1); for ($n = 0, $failed = 0; $n < 100; $n++) { $failed += !apcu_store("mine $n", $n) || apcu_fetch("mine $n") !== $n; } echo $failed, " failed";'), "\n";
$stopped->receive();
echo $stopped->end(), $witness->run('echo storm_look_at_all();'), $witness->end(), "well\n";
--EXPECT--
0 failed
well

--TEST--
Many processes that come at once create one segment
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
for ($round = 0; $round < 5; $round++) {
    $directory = own_directory();
    $processes = [];
    for ($i = 0; $i < 8; $i++) {
        $processes[$i] = new Php(['trove.directory' => $directory, 'trove.segment' => 'race', 'trove.memory' => '1M']);
    }
    foreach ($processes as $i => $process) {
        $process->send("apcu_store('from $i', [$i]); apcu_inc('n');");
    }
    foreach ($processes as $process) {
        echo $process->receive();
    }
    echo $processes[0]->run('echo apcu_fetch("n"), " ", count(apcu_exists(array_map(fn ($i) => "from $i", range(0, 7))));'), ' ',
        count(glob("$directory/*")), "\n";
    foreach ($processes as $process) {
        echo $process->end();
    }
}
--EXPECT--
8 8 1
8 8 1
8 8 1
8 8 1
8 8 1

--TEST--
A clock that is set forwards or back by years neither expires nor revives anything, for whoever it was set or was not
--EXTENSIONS--
trove
--SKIPIF--
<?php
if (!glob('/usr/lib/*/faketime/libfaketime.so.1')) die('skip needs faketime');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['apc.enable_cli' => 1]);
// A process whose wall clock is set while it runs, and one that sees the real one. What the kernel tells of the time since boot stays as it is.
$steps = own_directory() . '/step';
$set = fn (string $offset) => file_put_contents($steps, $offset);
$set('+0');
$library = glob('/usr/lib/*/faketime/libfaketime.so.1')[0];
$both = [
    'stepping' => new Php(prefix: "env LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$steps FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1"),
    'steady' => new Php(),
];
$store = <<<'CODE'
    $cache = new Trove\Cache('clock');
    foreach (['short' => 300, 'long' => 86_400, 'ever' => 0] as $name => $ttl) {
        apcu_store("$who $name", $name, $ttl);
        $cache->store("$who $name", $name, $ttl ?: null, ['a tag']);
        $cache->remember("$who $name remembered", fn () => $name, $ttl ?: null, stale: 60);
    }
    CODE;
$look = <<<'CODE'
    $missing = [];
    foreach ($stored as $who) {
        foreach (['short', 'long', 'ever'] as $name) {
            apcu_fetch("$who $name") === $name && $cache->fetch("$who $name") === $name
                && $cache->remember("$who $name remembered", fn () => 'anew', 300, stale: 60) === $name || $missing[] = "$who $name";
        }
    }
    $cache->keysByTag('a tag') || $missing[] = 'all that is tagged';
    echo $missing ? implode(', ', $missing) . ' missing' : 'all there';
    CODE;
$stored = [];
foreach (['+0', '+3650d', '-3650d', '+1d', '-2h', '+0'] as $step) {
    $set($step);
    $seen = (int) round(((int) $both['stepping']->run('echo time();') - time()) / 3600);
    foreach ($both as $which => $process) {
        $stored[] = $who = "$which at $step";
        $process->run('$who = ' . var_export($who, true) . ";$store");
    }
    echo "$seen h: ";
    foreach ($both as $which => $process) {
        echo "$which: ", $process->run('$stored = ' . var_export($stored, true) . ";$look"), '. ';
    }
    echo "\n";
}
// What is to expire does so, whatever the clock says.
foreach (['+30d', '-30d'] as $step) {
    $both['stepping']->run('apcu_store("soon", 1, 1);');
    $set($step);
    foreach ($both as $which => $process) {
        for ($i = 0; $process->run('echo apcu_exists("soon") ? "there" : "gone";') === 'there' && $i < 600; $i++) {
            usleep(50_000);
        }
        echo "$which: ", $process->run('echo apcu_exists("soon") ? "there" : "gone";'), '. ';
    }
    echo "\n";
}
echo $both['stepping']->end(), $both['steady']->end();
--EXPECT--
0 h: stepping: all there. steady: all there. 
87600 h: stepping: all there. steady: all there. 
-87600 h: stepping: all there. steady: all there. 
24 h: stepping: all there. steady: all there. 
-2 h: stepping: all there. steady: all there. 
0 h: stepping: all there. steady: all there. 
stepping: gone. steady: gone. 
stepping: gone. steady: gone. 

--TEST--
While the machine sleeps, lifetimes go on: what has expired meanwhile is gone for who comes after, what has not is there
--EXTENSIONS--
trove
--SKIPIF--
<?php
exec('unshare --time --fork --boottime 60 true 2>/dev/null', $output, $status);
if ($status !== 0) die('skip making a time namespace needs root');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['apc.enable_cli' => 1]);
$before = new Php();
$before->run(<<<'CODE'
    $cache = new Trove\Cache('asleep');
    foreach (['a minute' => 60, 'an hour' => 3600, 'a day' => 86_400, 'ever' => 0] as $name => $ttl) {
        apcu_store($name, $name, $ttl);
        $cache->store($name, $name, $ttl ?: null, ['a tag']);
    }
    CODE);
// To this process, the kernel has been asleep for so long: the boot-time clock has gone on, the monotonic one has not.
foreach ([0, 1800, 7000, 90_000] as $asleep) {
    $after = new Php(prefix: "unshare --time --fork --kill-child --boottime $asleep");
    echo "$asleep s: ", $after->run(<<<'CODE'
        $cache = new Trove\Cache('asleep');
        $there = array_filter(['a minute', 'an hour', 'a day', 'ever'], fn ($name) => $cache->fetch($name) === $name && apcu_fetch($name) === $name);
        echo implode(', ', $there), '; tagged: ', count($cache->keysByTag('a tag'));
        apcu_store('new', 'stored then', 60);
        echo '; ', apcu_fetch('new');
        $lock = $cache->lock('a lock', 1.0, 0.0);
        echo $lock?->release() ? ', locked' : ', not locked';
        CODE), "\n";
    $after->end();
}
echo $before->end();
--EXPECT--
0 s: a minute, an hour, a day, ever; tagged: 4; stored then, locked
1800 s: an hour, a day, ever; tagged: 3; stored then, locked
7000 s: a day, ever; tagged: 2; stored then, locked
90000 s: ever; tagged: 1; stored then, locked

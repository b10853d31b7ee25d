--TEST--
Two containers with process ids of their own share a segment, know their workers apart, and notice each other's deaths
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../support/containers.inc';
if (!has_containers()) die('skip making namespaces needs root');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/containers.inc';
require __DIR__ . '/../support/command.inc';

$settings = ['trove.directory' => own_directory(), 'trove.segment' => 'shared', 'trove.memory' => '8M'];
$one = new Php($settings, in_container());
$two = new Php($settings, in_container());
echo $one->run('echo getmypid(), " stores ", apcu_store("key", ["from" => "one"]), "\n";');
echo $two->run('echo getmypid(), " fetches from ", apcu_fetch("key")["from"], "\n";');

// Both are process 1, and thread 1, of their namespace: each holds a key's lock that the other one wants.
$entry = fn ($key, $sleep) => "echo apcu_entry('$key', function () { usleep($sleep); return getmypid() . ' computed'; }), \"\n\";";
$one->send($entry('computed', 300_000));
usleep(100_000);
echo $two->run($entry('computed', 0)), $one->receive();

// Resets reach both, and the table tells them apart.
foreach ([$one, $two] as $process) {
    $process->run('Trove\poll();');
}
$one->run('Trove\reset();');
echo $two->run('var_dump(Trove\poll()); echo count(array_filter(Trove\status()["resets"]["workers"], fn ($w) => $w["state"] === "applied")), " applied\n";');
echo $one->run('$workers = Trove\status()["resets"]["workers"]; echo json_encode(array_column($workers, "pid")), " in ",
    count(array_unique(array_column($workers, "pid_namespace"))), " namespaces\n";');

// The host's command sees both, and resets both.
$workers = json_decode(trove_with_exit($settings['trove.directory'], 'reset', '--wait=0.05', '--json')[0], true)[0]['workers'];
echo 'busy on the host: ', json_encode(array_column($workers, 'pid')), ' in ', count(array_unique(array_column($workers, 'pid_namespace'))), " namespaces\n";
foreach ([$one, $two] as $process) {
    echo $process->run('var_dump(Trove\poll());');
}
echo substr_count(trove($settings['trove.directory'], 'status'), 'cli'), " line of the command line in the status\n";

// A death inside of a lock: whoever wants it next has it at once, though a living process has the dead one's ids.
$two->send('apcu_entry("locked", function () { usleep(60_000_000); });');
usleep(200_000);
$two->kill();
$begin = hrtime(true);
echo $one->run($entry('locked', 0)), (hrtime(true) - $begin) / 1e9 < 30 ? 'soon' : 'too late', "\n";
echo $one->run('echo apcu_fetch("key")["from"], ", ", count(Trove\status()["resets"]["workers"]), " worker\n";');
--EXPECT--
1 stores 1
1 fetches from one
1 computed
1 computed
bool(true)
2 applied
[1,1] in 2 namespaces
busy on the host: [1,1] in 2 namespaces
bool(true)
bool(true)
1 line of the command line in the status
1 computed
soon
one, 1 worker

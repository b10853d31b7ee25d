--TEST--
UserCache\Cache: a lock is one process's until unlock(), the end of its request, its death or its lease
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$ini = ['trove.directory' => own_directory(), 'trove.segment' => 'locks', 'trove.memory' => '4M', 'trove.user_cache' => 1];
$code = fn(string $call) => 'echo json_encode(UserCache\Cache::getPool("p")->' . $call . ');';
$until = function (Php $php, string $call) use ($code): string {
    $end = hrtime(true) + 20e9;
    do {
        $answer = $php->run($code($call));
    } while ($answer === 'false' && hrtime(true) < $end && usleep(10_000) === null);
    return $answer;
};
[$one, $two] = [new Php($ini), new Php($ini)];
echo $one->run($code('lock("k")')), ' ', $one->run($code('lock("k")')), ' ', $two->run($code('lock("k")')), ' ', $two->run($code('lock("other")')), "\n";
echo 'unlock: ', $two->run($code('unlock("k")')), ' ', $one->run($code('unlock("k")')), ' ', $one->run($code('unlock("k")')), ' ', $two->run($code('lock("k")')), "\n";
$two->kill();
echo 'death: ', $until($one, 'lock("k")'), "\n";
$three = new Php($ini);
echo $three->run($code('lock("k")')), ' ', $one->end(), ' end of the request: ', $until($three, 'lock("k")'), "\n";
$four = new Php($ini);
echo 'lease: ', $three->run($code('lock("short", 1)')), ' ', $until($four, 'lock("short")'), ' ', $three->run($code('unlock("short")')), "\n";
$three->end();
$four->end();
?>
--EXPECT--
true true false true
unlock: false true false true
death: true
false  end of the request: true
lease: true true false

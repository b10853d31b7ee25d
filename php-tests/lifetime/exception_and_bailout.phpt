--TEST--
A request that ends by exit, an uncaught exception or a fatal error leaves nothing behind
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
$churner = churner();
$churner->run('churn(0);');
$endings = [
    'exit' => 'exit("bye");',
    'exception' => 'throw new Exception("uncaught");',
    'fatal error' => 'ini_set("memory_limit", "4M"); $x = str_repeat("x", 50_000_000);',
    'time limit' => 'set_time_limit(1); while (true);',
    'exit in a hook' => 'class H { function __serialize(): array { exit("hook"); } } apcu_store("h", new H);',
    'fatal error in a hook' => 'class H { function __serialize(): array { ini_set("memory_limit", "4M"); return [str_repeat("x", 50_000_000)]; } } apcu_store("h", [1, new H]);',
    'fatal error in unserialize' => 'class H { function __serialize(): array { return [1]; } function __unserialize(array $d): void { exit("unserialize"); } } apcu_store("h", new H); apcu_fetch("h");',
    'exit in an autoloader' => 'spl_autoload_register(function () { exit("autoload"); }); apcu_fetch("of a class");',
    'exit in a regex iterator' => 'foreach (new APCUIterator("/value/") as $k => $v) { exit("iterator"); }',
    'memory limit in a fetch' => 'ini_set("memory_limit", "2M"); for ($i = 0; ; $i++) { $all[] = unserialize(serialize(apcu_fetch("value " . $i % 20))) + [str_repeat("x", 10000)]; }',
];
$maker = new Php;
$maker->run('class Nowhere { public $p = [1]; } apcu_store("of a class", new Nowhere);');
foreach ($endings as $name => $code) {
    $answer = Php::once('apcu_fetch("value 1"); $kept = apcu_fetch("value 2"); ' . $code);
    preg_match('/bye|uncaught|exhausted|exceeded|hook|unserialize|autoload|iterator|signal|Segmentation/', $answer, $match);
    $churner->run('churn(1);');
    $maker->run('apcu_store("of a class", new Nowhere);');
    echo $name, ': ', $match[0] ?? $answer, ', ', $churner->run('echo intact(apcu_fetch("value 3")) && apcu_store("h", 1) ? "well" : "wrong";'), "\n";
}
--EXPECT--
exit: bye, well
exception: uncaught, well
fatal error: exhausted, well
time limit: exceeded, well
exit in a hook: hook, well
fatal error in a hook: exhausted, well
fatal error in unserialize: unserialize, well
exit in an autoloader: autoload, well
exit in a regex iterator: iterator, well
memory limit in a fetch: exhausted, well

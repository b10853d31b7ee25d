--TEST--
A key that a request asks for again and again is what other processes have made of it by then
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$settings = ['trove.directory' => own_directory(), 'trove.segment' => 'again', 'trove.memory' => '8M'];
$reader = new Php($settings);
$reader->run('
    require "' . __DIR__ . '/../support/report.inc";
    $named = new Trove\Cache("named");
    $other = new Trove\Cache("other");
    function again(): string
    {
        global $named, $other;
        $all = fn () => [apcu_fetch("key"), $named->fetch("key"), $other->fetch("key"), current(apcu_fetch(["key"]))];
        $first = text($all());
        return $first === text($all()) ? $first : "$first and then " . text($all());
    }
');
$writer = new Php($settings);
$writer->run('$named = new Trove\Cache("named"); $other = new Trove\Cache("other");');
$steps = [
    'stored' => 'apcu_store("key", [1]); $named->store("key", [2]); $other->store("key", [3]);',
    'overwritten' => 'apcu_store("key", ["one"]);',
    'overwritten by a scalar' => 'apcu_store("key", 1);',
    'and by an array' => 'apcu_store("key", [1]);',
    'deleted' => 'apcu_delete("key");',
    'stored anew' => 'apcu_store("key", ["new"]);',
    'flushed' => 'apcu_clear_cache();',
    'stored after the flush' => 'apcu_store("key", ["newer"]);',
    'with tags' => '$named->store("key", ["tagged"], tags: ["a", "b"]);',
    'another tag invalidated' => '$named->invalidateTags(["c"]);',
    'a tag invalidated' => '$named->invalidateTags(["b"]);',
    'stored after that' => '$named->store("key", ["tagged again"], tags: ["a", "b"]);',
    'refreshed' => '$named->refresh("key");',
    'stored after the refresh' => '$named->store("key", ["fresh"]);',
    'one cache flushed' => '$named->flush();',
    'many keys more' => 'for ($i = 0; $i < 50_000; $i++) { apcu_store("k$i", 1); }',
    'overwritten among them' => 'apcu_store("key", ["among many"]);',
    'evicted or not, the same to all' => 'for ($i = 0; $i < 20_000; $i++) { apcu_store("l$i", str_repeat("x", 1000)); } apcu_store("key", ["after many"]);',
];
foreach ($steps as $step => $code) {
    $writer->run($code);
    echo $step, ' -> ', $reader->run('echo again();'), "\n";
}
$writer->run('apcu_store("key", ["short"], 1); $other->store("key", ["short"], 1);');
$reader->run('echo again();');
while ($writer->run('echo (int) (apcu_exists("key") || $other->has("key"));') !== '0') {
    usleep(50_000);
}
echo 'expired -> ', $reader->run('echo again();'), "\n";
--EXPECT--
stored -> [[1], [2], [3], [1]]
overwritten -> [['one'], [2], [3], ['one']]
overwritten by a scalar -> [1, [2], [3], 1]
and by an array -> [[1], [2], [3], [1]]
deleted -> [false, [2], [3], false]
stored anew -> [['new'], [2], [3], ['new']]
flushed -> [false, [2], [3], false]
stored after the flush -> [['newer'], [2], [3], ['newer']]
with tags -> [['newer'], ['tagged'], [3], ['newer']]
another tag invalidated -> [['newer'], ['tagged'], [3], ['newer']]
a tag invalidated -> [['newer'], null, [3], ['newer']]
stored after that -> [['newer'], ['tagged again'], [3], ['newer']]
refreshed -> [['newer'], null, [3], ['newer']]
stored after the refresh -> [['newer'], ['fresh'], [3], ['newer']]
one cache flushed -> [['newer'], null, [3], ['newer']]
many keys more -> [['newer'], null, [3], ['newer']]
overwritten among them -> [['among many'], null, [3], ['among many']]
evicted or not, the same to all -> [['after many'], null, [3], ['after many']]
expired -> [false, null, null, false]

--TEST--
A truncated, foreign or scribbled segment file is never trusted: PHP works, and what is fetched is right or missing
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
$directory = own_directory();
$ini = ['trove.directory' => $directory, 'trove.segment' => 'test', 'trove.memory' => '1M', 'log_errors' => 1, 'error_log' => '/dev/null'];
$segment = null;
$fill = function () use ($ini, $directory, &$segment): string {
    array_map(unlink(...), glob("$directory/*"));
    $writer = churner($ini);
    $writer->run('churn(0); apcu_store("key", "value");');
    $writer->end();
    [$segment] = glob("$directory/*");
    return file_get_contents($segment);
};
$good = $fill();
$damage = [
    'empty' => fn () => '',
    'one byte' => fn () => 'x',
    'text' => fn () => "this is not a segment\n",
    'zeros' => fn ($s) => str_repeat("\0", strlen($s)),
    'ones' => fn ($s) => str_repeat("\xff", strlen($s)),
    'noise' => fn ($s) => substr(str_repeat(hash('sha512', 'noise', true), 1 + intdiv(strlen($s), 64)), 0, strlen($s)),
    'header alone' => fn ($s) => substr($s, 0, 4096),
    'half' => fn ($s) => substr($s, 0, strlen($s) >> 1),
    'one page short' => fn ($s) => substr($s, 0, -4096),
    'longer' => fn ($s) => $s . str_repeat('x', 4096),
    'other magic' => fn ($s) => 'X' . substr($s, 1),
    'other layout' => fn ($s) => substr($s, 0, 8) . "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" . substr($s, 16),
];
for ($word = 0; $word < 32; $word++) {
    $damage["header word $word"] = fn ($s) => substr($s, 0, $word * 8) . "\xff\xff\xff\xff\xff\xff\xff\x7f" . substr($s, $word * 8 + 8);
}
foreach ($damage as $name => $spoil) {
    file_put_contents($segment, $spoil($good));
    $answer = Php::once('require ' . var_export(__DIR__ . '/../support/churn.inc', true) . '; $key = apcu_fetch("key"); $key === false || $key === "value" || print "wrong value "; $v = apcu_fetch("value 3");
        $v === false || intact($v) || print "wrong array "; apcu_store("new", [1]); apcu_inc("n"); apcu_cache_info(); apcu_delete("value 4"); iterator_count(new APCUIterator); apcu_clear_cache(); echo "alive";', $ini, 'timeout 20');
    if ($answer !== 'alive') {
        echo "$name: $answer\n";
    }
    $fill();
}
echo count($damage), " damaged files\n";
--EXPECT--
44 damaged files

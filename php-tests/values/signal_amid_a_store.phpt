--TEST--
The handler of a signal does not run while a value is looked at whose __serialize() methods are PHP's own
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
memory_limit=1G
--FILE--
<?php
pcntl_async_signals(true);
$ran = $inside = $outside = 0;
pcntl_signal(SIGUSR1, function () use (&$ran, &$inside, &$outside) {
    $ran++;
    // The frame of a function that has just returned is there still, with PHP 8.5; the notes of a store are not.
    $inside += memory_get_usage() > $outside + 100_000 ? 1 : 0;
});
$many = array_map(fn ($i) => (object) ['number' => $i], range(1, 50_000));
$value = [$many, new SplObjectStorage(), new ArrayObject([1])];
$sender = proc_open(['sh', '-c', 'while kill -USR1 ' . getmypid() . '; do sleep 0.005; done'], [2 => ['file', '/dev/null', 'w']], $pipes);
$outside = memory_get_usage();
while ($ran < 100) {
    apcu_store('key', $value) or print("not stored\n");
}
pcntl_signal(SIGUSR1, SIG_IGN);
proc_terminate($sender, 9);
var_dump($inside);
?>
--EXPECT--
int(0)

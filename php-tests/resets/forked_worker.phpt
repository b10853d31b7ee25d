--TEST--
A forked worker of the command line is reached as its parent is
--EXTENSIONS--
trove
pcntl
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
Trove\poll();
realpath('/usr/lib');
[$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
if (pcntl_fork() === 0) {
    Trove\poll();
    realpath('/usr/lib'); // anew: since PHP 8.6 a child starts without its parent's realpath cache
    fwrite($theirs, "ready\n");
    fgets($theirs);
    $knows = fn () => isset(realpath_cache_get()['/usr/lib']) ? 'knows' : 'has forgotten';
    fwrite($theirs, 'the child ' . $knows() . ', polls ' . json_encode([Trove\poll(), Trove\poll()]) . ', ' . $knows() . "\n");
    fgets($theirs);
    exit;
}
fgets($ours);
echo Trove\stat_clear(), " reached\n";
$states = fn () => implode(', ', array_column(Trove\status()['resets']['workers'], 'state'));
echo $states(), "\n";
fwrite($ours, "go\n");
echo fgets($ours), $states(), "\n";
fwrite($ours, "end\n");
pcntl_wait($status);
echo count(Trove\status()['resets']['workers']), " left\n";
--EXPECT--
2 reached
applied, busy: applies after the running request
the child knows, polls [true,false], has forgotten
applied, applied
1 left

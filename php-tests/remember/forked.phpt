--TEST--
A process that the callback forks returns from it as well; the right to compute stays with its parent
--EXTENSIONS--
trove
pcntl
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$cache = new Trove\Cache('pages');
$pid = null;
$value = $cache->remember('key', function (Trove\Computation $computation) use (&$pid) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        $computation->setCacheable(false);
        return 'of the child';
    }
    pcntl_waitpid($pid, $status);
    echo 'others wait still: ', Php::once('$start = microtime(true);
        echo (new Trove\Cache("pages"))->remember("key", fn ($c) => $c->setCacheable(false) ? "waited" : "", wait: 0.2),
            microtime(true) - $start >= 0.19 ? "" : " not";'), "\n";
    return 'of the parent';
});
if ($pid === 0) {
    echo $value, "\n";
    exit;
}
echo $value, ', ', $cache->fetch('key'), "\n";
--EXPECT--
of the child
others wait still: waited
of the parent, of the parent

--TEST--
background: the elected one gets the old value as well, and computes after all shutdown functions
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
log_errors=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$log = tempnam(sys_get_temp_dir(), 'trove');
ini_set('error_log', $log);
$done = [];
$make = function (Trove\Computation $computation) use (&$done) {
    $done[] = $computation->key();
    echo "nobody sees this\n";
    return 'new ' . $computation->key();
};
$ask = fn (string $key, ?callable $compute = null) => $cache->remember($key, $compute ?? $make, stale: 3600, background: true);
foreach (['a', 'b', 'c', 'throws', 'stored'] as $key) {
    $cache->store($key, "old $key", ttl: 0.02, stale: 3600);
}
while ($cache->has('stored')) {
    usleep(1000);
}
final class Hidden
{
    public function ask(Trove\Cache $cache): mixed
    {
        return $cache->remember('c', [$this, 'compute'], stale: 3600, background: true);
    }
    private function compute(Trove\Computation $computation): string
    {
        return 'new ' . $computation->key();
    }
}
echo $ask('a'), ', ', $ask('a'), ', ', $ask('b'), ', ', (new Hidden)->ask($cache), ', ', $ask('throws', fn () => throw new Exception('gone wrong')), ', ', $ask('stored'), "\n";
echo count($done), " computed\n";
// Somebody else stores a value meanwhile.
$cache->store('stored', 'theirs');
// Without an old value there is nothing to serve: it is computed now.
ob_start();
echo $ask('missing'), "\n";
ob_end_clean();
echo count($done), " computed\n";

register_shutdown_function(function () use ($cache, $log, &$done) {
    echo 'at shutdown: ', count($done), " computed\n";
    register_shutdown_function(function () use ($cache, $log, &$done) {
        echo implode(', ', $done), "\n";
        echo implode(', ', array_map($cache->fetch(...), ['a', 'b', 'c', 'missing', 'stored'])), "\n";
        var_dump($cache->fetch('throws'), $cache->remember('throws', fn () => 'free'));
        echo preg_replace('/^\[.*?\] /m', '', file_get_contents($log));
        unlink($log);
    });
});
echo "end\n";
--EXPECTF--
old a, old a, old b, old c, old throws, old stored
0 computed
1 computed
end
at shutdown: 1 computed
missing, a, b
new a, new b, new c, new missing, theirs
NULL
string(4) "free"
Trove: remember() of key "throws": Exception: gone wrong in %s:29; it was computed after the response

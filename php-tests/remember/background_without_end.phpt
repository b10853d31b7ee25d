--TEST--
background: a script that goes on and on computes at once what it has put off, when it has the lease again
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$cache->store('key', 'old', ttl: 0.01, stale: 3600);
while ($cache->has('key')) {
    usleep(1000);
}
$calls = 0;
$ask = function () use ($cache, &$calls) {
    return $cache->remember('key', function () use (&$calls) {
        return 'new ' . ++$calls;
    }, stale: 3600, background: true, lease: 0.3);
};
echo $ask(), "\n";
do {
    usleep(10_000);
    $value = $ask();
} while ($value === 'old');
echo $value, ' ', $cache->fetch('key'), "\n";
register_shutdown_function(function () use ($cache, &$calls) {
    register_shutdown_function(function () use ($cache, &$calls) {
        echo $cache->fetch('key'), " $calls\n";
    });
});
--EXPECT--
old
new 1 new 1
new 1 1

--TEST--
beta: the nearer the expiry and the dearer the value, the likelier it is computed early; with 0 never
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$calls = 0;
$compute = function () use (&$calls) {
    usleep(20_000);
    return ++$calls;
};
/** How often the value is computed in so many looks at it. */
$computed = function (string $key, float $beta, float $ttl, int $looks) use ($cache, $compute, &$calls): int {
    $cache->remember($key, $compute, $ttl, beta: $beta);
    $before = $calls;
    for ($i = 0; $i < $looks; $i++) {
        $cache->remember($key, $compute, $ttl, beta: $beta);
    }
    return $calls - $before;
};
var_dump($computed('never', 0, 3600, 1000));
// At e^-180000 a look.
var_dump($computed('hardly', 1, 3600, 1000));
// At e^-0.0001 a look.
var_dump($computed('mostly', 36_000_000, 3600, 20) >= 15);
// An entry that was stored without its cost is not known to be dear.
$cache->store('unknown', 'stored', 3600);
var_dump($cache->remember('unknown', $compute, 3600, beta: 1e9));
// Nor one that lives for ever.
var_dump($computed('for ever', 1e9, 0, 20));
--EXPECT--
int(0)
int(0)
bool(true)
string(6) "stored"
int(0)

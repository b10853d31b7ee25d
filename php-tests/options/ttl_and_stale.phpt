--TEST--
The options ttl and stale are what a store without them gets; the object's own ttl and the call's come before
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$cache->configure(['ttl' => 100, 'stale' => 50]);
$left = static function (?float $time): ?int {
    return $time === null ? null : (int) round(($time - microtime(true)) / 10) * 10;
};
$show = static function (Trove\Cache $cache, string $key) use ($left): void {
    $entry = $cache->entry($key);
    echo $key, ': ', var_export($left($entry->expires), true), ' ', var_export($left($entry->staleUntil), true), "\n";
};
$cache->store('default', 1);
$cache->store('own', 1, 1000, [], 500);
$cache->store('for ever', 1, 0);
$cache->remember('remembered', fn() => 1);
$cache->increment('counter');
foreach (['default', 'own', 'for ever', 'remembered', 'counter'] as $key) {
    $show($cache, $key);
}
$own = new Trove\Cache('pages', 200);
$own->store('by the object', 1);
$show($own, 'by the object');
?>
--EXPECT--
default: 100 150
own: 1000 1500
for ever: NULL NULL
remembered: 100 150
counter: 100 NULL
by the object: 200 250

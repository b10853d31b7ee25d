--TEST--
An entry that is overwritten, deleted, expired, evicted or flushed is under its tags no more
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
$c = new Trove\Cache('test');
$keys = function () use ($c) {
    $keys = $c->keysByTag('t');
    sort($keys);
    return implode(' ', $keys) . ' (' . $c->countByTag('t') . ')';
};
$c->storeMultiple(['a' => 1, 'b' => 2, 'c' => 3, 'd' => 4], tags: ['t']);
echo 'stored: ', $keys(), "\n";
$c->store('a', 1, tags: ['u']);
echo 'overwritten with another tag: ', $keys(), "\n";
$c->store('b', 1);
echo 'overwritten without: ', $keys(), "\n";
$c->replace('c', [1, 2], tags: ['t']);
echo 'replaced: ', $keys(), "\n";
$c->delete('c');
echo 'deleted: ', $keys(), "\n";
$c->store('brief', 1, 0.01, ['t']);
while ($c->has('brief')) {
    usleep(2000);
}
echo 'expired: ', implode($c->keysByTag('t')), "\n";
$c->flush();
echo 'flushed: ', $keys(), "\n";
$c->store('a', 1, tags: ['t']);
$c->invalidateTags(['t']);
$c->store('b', 1, tags: ['t']);
echo 'invalidated: ', $keys(), "\n";

echo "-- evicted\n";
for ($i = 0; $i < 2000; $i++) {
    $c->store("e$i", str_repeat('x', 5000), tags: ['many', 'tag ' . $i % 10]);
}
$there = array_filter(array_map(fn ($i) => "e$i", range(0, 1999)), $c->has(...));
$keys = $c->keysByTag('many');
sort($keys);
sort($there);
var_dump(count($there) > 100, count($there) < 1900, $keys === $there, $c->countByTag('many') === count($there), $c->info()->evictions > 0);
?>
--EXPECT--
stored: a b c d (4)
overwritten with another tag: b c d (3)
overwritten without: c d (2)
replaced: c d (2)
deleted: d (1)
expired: d
flushed:  (0)
invalidated: b (1)
-- evicted
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)

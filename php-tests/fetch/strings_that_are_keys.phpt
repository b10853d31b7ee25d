--TEST--
A key is what its string holds now: strings that are changed, freed and made anew where others were, references, literals, strings out of the cache
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$wrong = [];
$check = function (string $what, mixed $found, mixed $expected) use (&$wrong): void {
    if ($found !== $expected) {
        $wrong[$what] = ($wrong[$what] ?? 0) + 1;
    }
};
for ($i = 0; $i < 100; $i++) {
    apcu_store("key $i", ["value of $i"]);
    apcu_store(sprintf('k%02d', $i), ["value of k$i"]);
}
apcu_store('names', array_map(fn ($i) => "key $i", range(0, 99)));

// Each string is freed before the next is made, which so comes to lie where it was.
for ($round = 0; $round < 3; $round++) {
    for ($i = 0; $i < 100; $i++) {
        $check('freed', apcu_fetch("key $i"), ["value of $i"]);
        $check('freed, in an array', apcu_fetch(["key $i"]), ["key $i" => ["value of $i"]]);
    }
}
// Changed in place.
$key = str_repeat('k', 1) . '00';
$reference = &$key;
for ($i = 0; $i < 100; $i++) {
    $key[1] = (string) intdiv($i, 10);
    $reference[2] = (string) ($i % 10);
    $check('changed in place', apcu_fetch($key), ["value of k$i"]);
    $check('by reference', apcu_fetch($reference), ["value of k$i"]);
    $check('by reference, twice', apcu_fetch($reference), ["value of k$i"]);
}
// Literals, each at its own place and asked twice.
for ($i = 0; $i < 100; $i++) {
    $check('literal', eval("return [apcu_fetch('key $i'), apcu_fetch('key $i')];"), [["value of $i"], ["value of $i"]]);
}
// Strings that lie in the cache, whose own entry is overwritten, and their memory used anew.
for ($round = 0; $round < 200; $round++) {
    foreach (apcu_fetch('names') as $i => $name) {
        $check('out of the cache', apcu_fetch($name), ["value of $i"]);
    }
    apcu_store('names', array_map(fn ($i) => "key $i", range(0, 99)));
}
// The same literal, whose value comes and goes.
for ($i = 0; $i < 100; $i++) {
    apcu_store('key', [$i]);
    $check('stored', apcu_fetch('key'), [$i]);
    $check('stored, again', apcu_fetch('key'), [$i]);
    apcu_delete('key');
    $check('deleted', apcu_fetch('key'), false);
    $check('deleted, exists', apcu_exists('key'), false);
    apcu_store('key', $i);
    $check('a scalar', apcu_fetch('key'), $i);
    apcu_store('key', "text $i");
    $check('a string', [apcu_fetch('key'), apcu_fetch('key')], ["text $i", "text $i"]);
}
var_dump($wrong);

// Every hit counts.
apcu_clear_cache();
apcu_store('key', ['counted']);
$before = apcu_cache_info(true);
for ($i = 0; $i < 200; $i++) {
    apcu_fetch('key');
}
apcu_fetch('missing');
$after = apcu_cache_info(true);
var_dump($after['num_hits'] - $before['num_hits'], $after['num_misses'] - $before['num_misses']);
var_dump(apcu_key_info('key')['hits']);
--EXPECT--
array(0) {
}
float(200)
float(1)
int(200)

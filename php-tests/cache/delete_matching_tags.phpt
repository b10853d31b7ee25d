--TEST--
deleteMatchingTags() deletes what has all of the first tags and none of the others
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$all = ['none' => [], 'a' => ['a'], 'b' => ['b'], 'ab' => ['a', 'b'], 'abc' => ['a', 'b', 'c'], 'c' => ['c']];
foreach ([[['a'], []], [['a', 'b'], []], [['a'], ['c']], [['a', 'a', 'b'], ['c', 'z']], [[], ['a']], [[], []], [['z'], []], [['a'], ['a']]] as [$allOf, $noneOf]) {
    foreach ($all as $key => $tags) {
        $c->store($key, 1, tags: $tags);
    }
    $count = $c->deleteMatchingTags($allOf, $noneOf);
    echo json_encode($allOf), ' without ', json_encode($noneOf), ": $count, left: ", implode(' ', array_filter(array_keys($all), $c->has(...))), "\n";
}
for ($i = 0; $i < 5000; $i++) {
    $c->store("many $i", $i, tags: $i % 2 ? ['even'] : ['odd']);
}
var_dump($c->deleteMatchingTags([], ['odd']), count($c), $c->deleteMatchingTags(['odd']), count($c));
?>
--EXPECT--
["a"] without []: 3, left: none b c
["a","b"] without []: 2, left: none a b c
["a"] without ["c"]: 2, left: none b abc c
["a","a","b"] without ["c","z"]: 1, left: none a b abc c
[] without ["a"]: 3, left: a ab abc
[] without []: 6, left: 
["z"] without []: 0, left: none a b ab abc c
["a"] without ["a"]: 0, left: none a b ab abc c
int(2506)
int(2500)
int(2500)
int(0)

--TEST--
invalidateTags() makes every entry that has any of the tags gone, refreshTags() makes it stale; what is stored later is fresh
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
$all = ['a' => ['red'], 'b' => ['red', 'blue'], 'c' => ['blue'], 'd' => [], 'e' => ["\0bin", str_repeat('long', 100)]];
$fill = function () use ($c, $all) {
    foreach ($all as $key => $tags) {
        $c->store($key, "value of $key", tags: $tags);
    }
};
$states = fn () => implode(' ', array_map(fn ($key) => "$key:" . $c->entry($key)->state, array_keys($all)));
$fill();
echo $states(), "\n";
$c->invalidateTags(['red']);
echo $states(), "\n";
$c->invalidateTags(['blue', 'never seen']);
echo $states(), "\n";
$c->invalidateTags(["\0bin"]);
echo $states(), "\n";
$fill();
$c->refreshTags(['red', 'red']);
echo $states(), "\n";
var_dump($c->fetch('a', 'none'), $c->keysByTag('red'));
$c->invalidateTags(['blue']);
echo $states(), "\n";
$fill();
$c->invalidateTags([]);
$c->refreshTags([]);
echo $states(), "\n";
// Keys of arrays that look like integers.
$c->store('n', 1, tags: [123]);
var_dump($c->tags('n'), $c->countByTag('123'));
$c->invalidateTags(array_keys(['123' => true]));
var_dump($c->has('n'));
?>
--EXPECT--
a:fresh b:fresh c:fresh d:fresh e:fresh
a:missing b:missing c:fresh d:fresh e:fresh
a:missing b:missing c:missing d:fresh e:fresh
a:missing b:missing c:missing d:fresh e:missing
a:stale b:stale c:fresh d:fresh e:fresh
string(4) "none"
array(2) {
  [0]=>
  string(1) "b"
  [1]=>
  string(1) "a"
}
a:stale b:missing c:missing d:fresh e:fresh
a:fresh b:fresh c:fresh d:fresh e:fresh
array(1) {
  [0]=>
  string(3) "123"
}
int(1)
bool(false)

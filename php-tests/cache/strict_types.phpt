--TEST--
Trove\Cache takes what PHP's own functions take: numeric strings as numbers in the weak mode, nothing of that sort in the strict one
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache;
var_dump($c->store(5, 'five', '1.5'), $c->fetch('5'), $c->increment('n', '2', true), $c->fetch(5));
file_put_contents($strict = tempnam('/tmp', 'strict'), '<?php declare(strict_types=1);
foreach ([fn () => $c->fetch(5), fn () => $c->store("k", 1, "5"), fn () => $c->increment("n", 1.0)] as $f) {
    try {
        var_dump($f());
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}');
require $strict;
unlink($strict);

// Named arguments in any order.
var_dump($c->store(tags: ['t'], value: [1], key: 'named'), $c->tags(key: 'named'), $c->fetch(default: 1, key: 'nothing'));
?>
--EXPECT--
bool(true)
string(4) "five"
int(3)
string(4) "five"
Trove\Cache::fetch(): Argument #1 ($key) must be of type string, int given
Trove\Cache::store(): Argument #3 ($ttl) must be of type DateInterval|DateTimeInterface|int|float|null, string given
Trove\Cache::increment(): Argument #2 ($by) must be of type int, float given
bool(true)
array(1) {
  [0]=>
  string(1) "t"
}
int(1)

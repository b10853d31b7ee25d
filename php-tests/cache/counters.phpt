--TEST--
increment() and decrement(): a missing key starts at $initial, overflow throws and changes nothing, what is no integer stays
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
var_dump($c->increment('n'), $c->increment('n', 10), $c->decrement('n', 3), $c->fetch('n'));
var_dump($c->increment('m', 5, 100), $c->decrement('o', 5, 100), $c->increment('m', 1, 7));

echo "-- the ends\n";
$c->store('max', PHP_INT_MAX - 1);
$c->store('min', PHP_INT_MIN + 1);
var_dump($c->increment('max'), $c->decrement('min'));
foreach ([fn () => $c->increment('max'), fn () => $c->decrement('min'), fn () => $c->increment('new', 1, PHP_INT_MAX), fn () => $c->increment('max', PHP_INT_MAX)] as $f) {
    try {
        $f();
    } catch (Trove\OverflowException $e) {
        var_dump($e instanceof Trove\Exception, $e instanceof OverflowException, $e->getMessage());
    }
}
var_dump($c->fetch('max') === PHP_INT_MAX, $c->fetch('min') === PHP_INT_MIN, $c->has('new'));

echo "-- no integers\n";
foreach (['string' => '5', 'float' => 1.5, 'null' => null, 'array' => [1]] as $key => $value) {
    $c->store($key, $value);
    try {
        $c->increment($key);
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($c->fetch($key) === $value);
}

echo "-- expiry and tags stay\n";
$c->store('t', 1, 100, ['tag']);
$c->increment('t', 1, 0, 5000);
var_dump($c->tags('t'), $c->entry('t')->expires < microtime(true) + 101);

echo "-- a stale one starts anew\n";
$c->refresh('n');
var_dump($c->increment('n'), $c->entry('n')->state);
?>
--EXPECT--
int(1)
int(11)
int(8)
int(8)
int(105)
int(95)
int(106)
-- the ends
int(9223372036854775807)
int(-9223372036854775808)
bool(true)
bool(true)
string(58) "The value of key "max" would leave the range of an integer"
bool(true)
bool(true)
string(58) "The value of key "min" would leave the range of an integer"
bool(true)
bool(true)
string(58) "The value of key "new" would leave the range of an integer"
bool(true)
bool(true)
string(58) "The value of key "max" would leave the range of an integer"
bool(true)
bool(true)
bool(false)
-- no integers
The value of key "string" is not an integer
bool(true)
The value of key "float" is not an integer
bool(true)
The value of key "null" is not an integer
bool(true)
The value of key "array" is not an integer
bool(true)
-- expiry and tags stay
array(1) {
  [0]=>
  string(3) "tag"
}
bool(true)
-- a stale one starts anew
int(1)
string(5) "fresh"

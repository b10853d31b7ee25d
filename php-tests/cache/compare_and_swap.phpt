--TEST--
compareAndSwap() replaces a value of any type by one of any type, where it is identical to the one expected
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
final class Point { public function __construct(public int $x, private array $more = []) {} }
enum Suit { case Hearts; case Spades; }
$c = new Trove\Cache('test');
$values = [
    0, 1, -5, 1.0, 1.5, true, false, null, '', '1', 'text', [], [1], [1, 2], ['a' => [1, 'b' => 2.5]], new Point(1), new Point(2), new Point(1, [new Point(3)]),
    Suit::Hearts, Suit::Spades, new ArrayObject([1]), [new Point(1), 'x'], str_repeat('long', 1000),
];
$copy = fn ($value) => unserialize(serialize($value));
$wrong = 0;
foreach ($values as $i => $stored) {
    foreach ($values as $j => $expected) {
        foreach ([7, 'new', [$i, $j], new Point(9)] as $new) {
            $c->store('k', $stored);
            $swapped = $c->compareAndSwap('k', $copy($expected), $new);
            $wrong += $swapped !== ($i === $j) || serialize($c->fetch('k')) !== serialize($swapped ? $new : $stored);
        }
    }
}
var_dump($wrong);

echo "-- expiry, window and tags stay\n";
$c->store('k', 'old', 100, ['t', 'u'], 50);
$before = $c->entry('k');
var_dump($c->compareAndSwap('k', 'old', ['new']));
$after = $c->entry('k');
var_dump($after->tags === $before->tags, $after->expires === $before->expires, $after->staleUntil === $before->staleUntil, $c->countByTag('t'));

echo "-- what is not there, or stale\n";
var_dump($c->compareAndSwap('nothing', null, 1), $c->has('nothing'));
$c->refresh('k');
var_dump($c->compareAndSwap('k', ['new'], 1), $c->entry('k')->state);

echo "-- what can not be stored\n";
$c->store('k', 'old');
try {
    $c->compareAndSwap('k', 'old', fn () => 1);
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
var_dump($c->fetch('k'));
?>
--EXPECT--
int(0)
-- expiry, window and tags stay
bool(true)
bool(true)
bool(true)
bool(true)
int(1)
-- what is not there, or stale
bool(false)
bool(false)
bool(false)
string(5) "stale"
-- what can not be stored
Serialization of 'Closure' is not allowed
string(3) "old"

--TEST--
compareAndSwap() replaces a value of any type by one of any type, where it is identical to the one expected
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
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
$c->delete('k');
$c->remember('k', fn () => 'old', 100, ['t', 'u'], 50, beta: 1e-9, staleIfError: 1000);
$before = $c->entry('k');
var_dump($c->compareAndSwap('k', 'old', ['new']));
$after = $c->entry('k');
var_dump($after->tags === $before->tags, $after->expires === $before->expires, $after->staleUntil === $before->staleUntil, $c->countByTag('t'));

// Also the time for which it may be served after an error.
$c->store('e', 1, 0.001);
$c->delete('e');
$c->remember('e', fn () => 'old', 0.3, staleIfError: 1000);
var_dump($c->compareAndSwap('e', 'old', 'new'));
while ($c->has('e')) {
    usleep(1000);
}
ini_set('error_log', '/dev/null');
// Somebody looks for what has expired.
for ($i = 0; $i < 20_000; $i++) {
    $c->store("other $i", 1);
}
var_dump($c->remember('e', fn () => throw new Exception, staleIfError: 1000));

echo "-- what is not there, or stale\n";
var_dump($c->compareAndSwap('nothing', null, 1), $c->has('nothing'));
$c->refresh('k');
var_dump($c->compareAndSwap('k', ['new'], 1), $c->entry('k')->state);

echo "-- what is refreshed or deleted between comparison and exchange\n";
final class Meddler
{
    public function __construct(private string $method) {}
    public function __serialize(): array
    {
        global $c;
        $c->{$this->method}('k');
        return [];
    }
}
foreach (['refresh', 'delete'] as $method) {
    $c->store('k', 'old', 0, [], 100);
    var_dump($c->compareAndSwap('k', 'old', new Meddler($method)), $c->entry('k')->state);
}
$c->store('k', 5);
var_dump($c->compareAndSwap('k', 5, new Meddler('increment')), $c->fetch('k'));

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
bool(true)
string(3) "new"
-- what is not there, or stale
bool(false)
bool(false)
bool(false)
string(5) "stale"
-- what is refreshed or deleted between comparison and exchange
bool(false)
string(5) "stale"
bool(false)
string(7) "missing"
bool(false)
int(6)
-- what can not be stored
Serialization of 'Closure' is not allowed
string(3) "old"

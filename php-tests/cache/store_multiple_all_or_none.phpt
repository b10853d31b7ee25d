--TEST--
storeMultiple() stores all values or none: also where one can not be stored, or memory runs out in the middle
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=4M
error_log=/dev/null
--FILE--
<?php
$c = new Trove\Cache('test');
class Refuses { public function __serialize(): array { throw new Exception('refused'); } }
class Changes
{
    public function __construct(private object $other) {}
    public function __serialize(): array { $this->other->list = [...$this->other->list, 'changed']; return [1]; }
    public function __unserialize(array $data): void {}
}

$c->store('a', 'old');
echo "-- one that can not be stored\n";
foreach ([fn () => 1, new Refuses, fopen('php://memory', 'r'), [1, ['deep' => fn () => 1]]] as $bad) {
    try {
        $c->storeMultiple(['a' => 'new', 'b' => [1, 2], 'bad' => $bad, 'c' => 'new']);
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
    var_dump($c->fetch('a'), $c->has('b'), $c->has('c'));
}

echo "-- memory runs out\n";
$many = [];
for ($i = 0; $i < 64; $i++) {
    $many["m$i"] = str_repeat(chr(65 + $i % 26), 100_000);
}
var_dump($c->storeMultiple($many), count($c->fetchMultiple(array_keys($many), false)), array_filter($c->fetchMultiple(array_keys($many))));
var_dump($c->storeMultiple(['a' => 'new', 'huge' => str_repeat('x', 8 << 20)]));
echo "What can never fit evicts nothing: ", $c->fetch('a'), ', ', $c->info()->evictions, "\n";
$some = array_slice($many, 0, 20);
var_dump($c->storeMultiple($some), $c->fetchMultiple(array_keys($some)) === $some);

echo "-- a value whose code changes another one\n";
$other = new stdClass;
$other->list = [1, 2];
var_dump($c->storeMultiple(['other' => $other, 'changes' => new Changes($other)]), $c->fetch('other')->list);
?>
--EXPECT--
-- one that can not be stored
Exception: Serialization of 'Closure' is not allowed
string(3) "old"
bool(false)
bool(false)
Exception: refused
string(3) "old"
bool(false)
bool(false)
TypeError: Trove\Cache::storeMultiple(): Argument #1 ($values) must not be a resource
string(3) "old"
bool(false)
bool(false)
Exception: Serialization of 'Closure' is not allowed
string(3) "old"
bool(false)
bool(false)
-- memory runs out
bool(false)
int(64)
array(0) {
}
bool(false)
What can never fit evicts nothing: old, 0
bool(true)
bool(true)
-- a value whose code changes another one
bool(true)
array(3) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  string(7) "changed"
}

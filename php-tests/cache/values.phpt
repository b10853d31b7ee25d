--TEST--
Values of every type come back as they were stored, and a change of what was fetched changes nothing that is stored
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
$c = new Trove\Cache('test');
final class Hooked
{
    public $n = 1;
    public function __serialize(): array { return [$this->n, (new Trove\Cache('test'))->fetch('inner')]; }
    public function __unserialize(array $data): void { [$this->n] = $data; (new Trove\Cache('test'))->store('inner', $data); }
}
enum Suit { case Hearts; }
$values = [null, true, -1, 1.5, '', 'text', [], [[1, 'a' => ['b']]], (object) ['p' => [1]], new Hooked, Suit::Hearts, new ArrayObject([1, 2]), new DateTimeImmutable('2020-01-01')];
foreach ($values as $i => $value) {
    $c->store('v', $value, tags: $i % 2 ? ['t'] : []);
    $fetched = $c->fetch('v');
    if (serialize($fetched) !== serialize($value)) {
        var_dump($value, $fetched);
    }
    $default = $c->fetchMultiple(['v'])['v'];
    if (is_array($fetched)) {
        $fetched['changed'] = true;
        sort($default);
    } elseif (is_string($fetched) && $fetched !== '') {
        $fetched[0] = 'X';
    } elseif ($fetched instanceof stdClass) {
        $fetched->p[] = 2;
    }
    if (serialize($c->fetch('v')) !== serialize($value)) {
        echo "value $i was changed\n";
    }
}
echo "done\n";
?>
--EXPECT--
done

--TEST--
Where a class is not what it was at the store, the fetch does what unserialize() does
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/values.inc';
own_segment();
$writer = new Php;
echo $writer->run(<<<'CODE'
    class P { private $own = 'private of P'; protected $shared = ['of P']; public $open = 'public'; }
    class C extends P { private $own = 'private of C'; public int $number = 1; public ?P $object = null; public $list = ['a', ['b' => 'c']]; public float $float = 1.5; }
    class D { public $name = 'of D'; }
    enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
    $c = new C;
    $c->object = new P;
    $values = ['C' => $c, 'list' => [$c, new D, $c, [[new P]]], 'D' => new D, 'case' => Suit::Spades, 'cases' => ['x' => [Suit::Hearts, Suit::Spades], new D], 'standard' => (object) ['open' => 1]];
    foreach ($values as $name => $value) {
        apcu_store("value $name", $value);
        apcu_store("text $name", serialize($value));
    }
    CODE);
$same = [
    'P' => 'class P { private $own = 1; protected $shared; public $open; }',
    'C' => 'class C extends P { private $own; public int $number = 2; public ?P $object = null; public $list; public float $float = 1; }',
    'D' => 'class D { public $name = "default"; }',
    'Suit' => 'enum Suit: string { case Hearts = "h"; case Spades = "s"; }',
];
$changes = [
    'nothing' => [],
    'order of properties' => ['C' => 'class C extends P { public float $float = 1; public $list; public ?P $object = null; public int $number = 2; private $own; }'],
    'new properties' => ['D' => 'class D { public $new = ["new"]; public $name; public int $typed; }', 'C' => 'class C extends P { private $own; public int $number = 2; public ?P $object = null; public $more; public $list; public float $float = 1; }'],
    'a property is gone' => ['D' => 'class D { }', 'C' => 'class C extends P { private $own; public int $number = 2; public ?P $object = null; public float $float = 1; }'],
    'a property is gone, dynamic ones allowed' => ['D' => '#[AllowDynamicProperties] class D { }'],
    'a property became private' => ['D' => 'class D { private $name; }'],
    'a property became public' => ['P' => 'class P { public $own = 1; public $shared; public $open; }', 'C' => 'class C extends P { public $own; public int $number = 2; public ?P $object = null; public $list; public float $float = 1; }'],
    'a property became static' => ['D' => 'class D { public static $name; }'],
    'a property became readonly' => ['D' => 'class D { public readonly string $name; }'],
    'a property got a type that fits' => ['D' => 'class D { public string|int $name; }'],
    'a property got a type that does not fit' => ['D' => 'class D { public int $name = 5; }'],
    'another type of an object' => ['C' => 'class C extends P { private $own; public int $number = 2; public ?D $object = null; public $list; public float $float = 1; }'],
    'a type to be converted to' => ['C' => 'class C extends P { private $own; public float $number = 2; public ?P $object = null; public array $list = []; public float $float = 1; }'],
    'a type that cannot be converted to' => ['C' => 'class C extends P { private $own; public int $number = 2; public ?P $object = null; public array $list = []; public int $float = 1; }'],
    'no parent' => ['C' => 'class C { private $own; public int $number = 2; public ?P $object = null; public $list; public float $float = 1; }'],
    '__unserialize' => ['D' => 'class D { public $got; public function __unserialize(array $data): void { $this->got = $data; } }'],
    '__unserialize that throws' => ['C' => 'class C extends P { public function __unserialize(array $data): void { throw new Exception("thrown"); } }'],
    '__wakeup' => ['D' => 'class D { public $name; public function __wakeup() { $this->name .= " woken"; } }', 'P' => 'class P { private $own = 1; protected $shared; public $open; public function __wakeup() { $this->open .= " woken"; } }'],
    'Serializable' => ['D' => 'class D implements Serializable { public function serialize() { } public function unserialize($x) { } public function __serialize(): array { return []; } public function __unserialize(array $x): void { } }'],
    'abstract' => ['D' => 'abstract class D { public $name; }'],
    'interface' => ['D' => 'interface D { }'],
    'trait' => ['D' => 'trait D { }'],
    'enum instead of a class' => ['D' => 'enum D { case name; }'],
    'class instead of an enum' => ['Suit' => 'class Suit { const Spades = 1; const Hearts = 2; }'],
    'a child of one of PHP\'s classes' => ['D' => 'class D extends ArrayObject { public $name; }'],
    'a default that cannot be evaluated' => ['D' => 'class D { public $name; public $other = NO_SUCH_CONSTANT; }'],
    'a default that is evaluated' => ['D' => 'class D { public $name = self::A . "x"; public $other = [self::A => Suit::Hearts]; const A = "a" . PHP_EOL; }'],
    'a case is gone' => ['Suit' => 'enum Suit: string { case Hearts = "h"; }'],
    'a case became a constant' => ['Suit' => 'enum Suit: string { case Hearts = "h"; const Spades = self::Hearts; }'],
    'other values of cases' => ['Suit' => 'enum Suit: int { case Hearts = 1; case Spades = 1 + 1; }'],
    'no values of cases' => ['Suit' => 'enum Suit { case Hearts; case Spades; }'],
    'a value that cannot be evaluated' => ['Suit' => 'enum Suit: string { case Hearts = "h"; case Spades = "s" . self::NONE; }'],
    'magic methods' => ['D' => 'class D { public $name; public function __set($n, $v) { echo "__set"; } public function __get($n) { echo "__get"; } public function __construct($x) { echo "__construct"; } public function __destruct() { } }'],
    'class is gone' => ['D' => ''],
    'all are gone' => ['C' => '', 'P' => '', 'D' => '', 'Suit' => ''],
];
$check = 'error_reporting(E_ALL); require ' . var_export(__DIR__ . '/../support/values.inc', true) . ';' . <<<'CODE'
    foreach (['C', 'list', 'D', 'case', 'cases', 'standard'] as $name) {
        $fetched = outcome(fn () => apcu_fetch("value $name"));
        $expected = outcome(fn () => unserialize(apcu_fetch("text $name")));
        if ($fetched !== $expected) {
            echo "$name:\n  $fetched\nnot\n  $expected\n";
        }
        $count = ($count ?? 0) + 1;
    }
    echo "$count compared";
    CODE;
foreach (['auto', 'off'] as $zero_copy) {
    foreach ($changes as $change => $classes) {
        $output = Php::once(implode("\n", $classes + $same) . $check, ['trove.zero_copy' => $zero_copy]);
        if ($output !== '6 compared') {
            echo "$change, zero-copy $zero_copy: $output\n";
        }
    }
}
echo count($changes), " changes\n";
--EXPECT--
35 changes

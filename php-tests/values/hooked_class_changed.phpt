--TEST--
Where a class with __serialize() is not what it was at the store, the fetch does what unserialize() does
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/values.inc';
own_segment();
$writer = new Php;
echo $writer->run(<<<'CODE'
    class Moment extends DateTimeImmutable { public $name = 'of Moment'; }
    class Bag extends ArrayObject { public ?Moment $when = null; protected $shared = ['of Bag']; }
    class Plain { public $date; public ?Bag $bag; }
    class Keyed { public $data = ['x' => 1]; public function __serialize(): array { return ['name' => 'text', 7 => [1, 2], 'when' => new Moment('2024-01-01 UTC')]; } public function __unserialize(array $data): void { $this->data = $data; } }
    $bag = new Bag(['a' => 1, 'b' => [1, 2.5, null, true, 'text']]);
    $bag->when = new Moment('2024-05-06 07:08:09 UTC');
    $bag[5] = $bag;
    $plain = new Plain;
    [$plain->date, $plain->bag] = [$bag->when, $bag];
    $storage = new SplObjectStorage;
    $storage[$plain] = $bag;
    $values = ['moment' => $bag->when, 'bag' => $bag, 'plain' => $plain, 'storage' => $storage, 'list' => [$bag->when, [$storage], $bag, new DateTimeZone('UTC')], 'keyed' => new Keyed, 'empty' => new ArrayObject];
    foreach ($values as $name => $value) {
        apcu_store("value $name", $value);
        apcu_store("text $name", serialize($value));
    }
    CODE);
$same = [
    'Moment' => 'class Moment extends DateTimeImmutable { public $name; }',
    'Bag' => 'class Bag extends ArrayObject { public ?Moment $when = null; protected $shared; }',
    'Plain' => 'class Plain { public $date; public ?Bag $bag; }',
    'Keyed' => 'class Keyed { public $data; public function __unserialize(array $data): void { $this->data = $data; } }',
];
$changes = [
    'nothing' => [],
    'no hooks' => ['Moment' => 'class Moment { public $name; }', 'Keyed' => 'class Keyed { public $data; }'],
    'no hooks, other properties' => ['Bag' => '#[AllowDynamicProperties] class Bag { public $when; }', 'Keyed' => '#[AllowDynamicProperties] class Keyed { }'],
    'another class of PHP\'s' => ['Bag' => 'class Bag extends SplObjectStorage { public $when; }', 'Moment' => 'class Moment extends DateTimeZone { public $name; }'],
    'not to be serialized' => ['Bag' => 'class Bag extends SplFileInfo { function __construct() { } }', 'Keyed' => 'class Keyed extends ReflectionClass { }'],
    'a property is gone' => ['Moment' => 'class Moment extends DateTimeImmutable { }', 'Bag' => 'class Bag extends ArrayObject { }'],
    'a type that does not fit' => ['Moment' => 'class Moment extends DateTimeImmutable { public int $name = 1; }', 'Bag' => 'class Bag extends ArrayObject { public ?DateTime $when = null; }'],
    'a property that does not take it' => ['Plain' => 'class Plain { public ?DateTime $date; public ?Bag $bag; }'],
    '__unserialize' => ['Moment' => 'class Moment extends DateTimeImmutable { public function __unserialize(array $data): void { echo "called "; parent::__unserialize($data); } }', 'Plain' => 'class Plain { public $data; public function __unserialize(array $data): void { $this->data = $data; } }'],
    '__unserialize that throws' => ['Bag' => 'class Bag extends ArrayObject { public function __unserialize(array $data): void { throw new Exception("thrown"); } public function __destruct() { echo "destructed "; } }'],
    '__wakeup' => ['Moment' => 'class Moment { public $name; public function __wakeup() { echo "woken "; } }', 'Plain' => 'class Plain { public $date; public ?Bag $bag; public function __wakeup() { $this->date = $this->date?->modify("+1 day"); } }'],
    'Serializable' => ['Keyed' => 'class Keyed implements Serializable { public $data; public function serialize() { } public function unserialize($x) { } public function __unserialize(array $data): void { $this->data = $data; } public function __serialize(): array { return []; } }'],
    'Serializable alone' => ['Keyed' => 'class Keyed implements Serializable { public $data; public function serialize() { } public function unserialize($x) { } }'],
    'abstract' => ['Moment' => 'abstract class Moment extends DateTimeImmutable { }', 'Keyed' => 'abstract class Keyed { public function __unserialize(array $data): void { } }'],
    'interface' => ['Bag' => 'interface Bag { }'],
    'trait' => ['Keyed' => 'trait Keyed { public function __unserialize(array $data): void { } }'],
    'enum' => ['Keyed' => 'enum Keyed { case name; }', 'Moment' => 'enum Moment { case name; }'],
    'a default that cannot be evaluated' => ['Moment' => 'class Moment extends DateTimeImmutable { public $name = NO_SUCH_CONSTANT; }'],
    'class is gone' => ['Moment' => ''],
    'all are gone' => ['Moment' => '', 'Bag' => '', 'Plain' => '', 'Keyed' => ''],
];
$check = 'error_reporting(E_ALL & ~E_DEPRECATED); require ' . var_export(__DIR__ . '/../support/values.inc', true) . ';' . <<<'CODE'
    foreach (['moment', 'bag', 'plain', 'storage', 'list', 'keyed', 'empty'] as $name) {
        ob_start();
        $expected = outcome(fn () => unserialize(apcu_fetch("text $name")));
        $said = ob_get_clean();
        for ($i = 0; $i < 3; $i++) {
            ob_start();
            $fetched = outcome(fn () => apcu_fetch("value $name"));
            $now_said = ob_get_clean();
            if ($fetched !== $expected || $now_said !== $said) {
                echo "$name:\n  $fetched\n$now_said\nnot\n  $expected\n$said\n";
            }
        }
        $count = ($count ?? 0) + 1;
    }
    echo "$count compared";
    CODE;
foreach (['auto', 'off'] as $zero_copy) {
    foreach ($changes as $change => $classes) {
        $output = Php::once(implode("\n", $classes + $same) . $check, ['trove.zero_copy' => $zero_copy, 'error_reporting' => E_ALL & ~E_DEPRECATED]);
        if ($output !== '7 compared') {
            echo "$change, zero-copy $zero_copy: $output\n";
        }
    }
}
echo count($changes), " changes\n";
--EXPECT--
20 changes

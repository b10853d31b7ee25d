--TEST--
Values above the option compress take less memory and come back as they were, whatever they hold; small ones are stored as they are
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
class Plain { public $a = [1, 2]; protected ?Plain $next = null; public function with(Plain $next): self { $this->next = $next; return $this; } }
class Hooked { public function __construct(public array $rows) {} public function __serialize(): array { return ['r' => $this->rows]; } public function __unserialize(array $data): void { $this->rows = $data['r']; } }
enum Suit { case Hearts; }

$rows = array_map(fn($i) => ['id' => $i, 'name' => "somebody $i", 'tags' => ['red', 'green'], 'price' => $i / 7], range(1, 500));
$shared = [1, 2, 3];
$reference = ['r' => &$shared, 's' => &$shared, 'fill' => str_repeat('-', 5000)];
$values = [
    'string' => str_repeat('The quick brown fox. ', 500),
    'rows' => $rows,
    'object' => [(new Plain)->with(new Plain), Suit::Hearts, $rows],
    'hooked' => new Hooked($rows),
    'internal' => [new DateTimeImmutable('2020-02-02'), new ArrayObject($rows)],
    'references' => $reference,
    'small' => [1, 2, 3],
    'random' => random_bytes(20000),
];
$plain = new Trove\Cache('plain');
$packed = new Trove\Cache('packed');
$packed->configure(['compress' => '1K']);
foreach ([1, 19] as $level) {
    $packed->configure(['compress_level' => $level]);
    foreach ($values as $name => $value) {
        $plain->store($name, $value);
        $packed->store($name, $value);
        $found = $packed->fetch($name);
        $same = serialize($found) === serialize($value);
        $less = $packed->entry($name)->size < 0.5 * $plain->entry($name)->size;
        echo $name, ': ', $same ? 'same' : 'different', ', ', $less ? 'less' : 'not less', "\n";
    }
}
echo "What a script does to it stays its own:\n";
$found = $packed->fetch('rows');
$found[0]['name'] = 'changed';
sort($found);
var_dump($packed->fetch('rows') === $rows, count($packed->fetchMultiple(['rows', 'string'])));
var_dump($packed->compareAndSwap('rows', $rows, 'swapped'), $packed->fetch('rows'));
var_dump($packed->remember('computed', fn() => $values['string']) === $packed->fetch('computed'));
foreach ($packed as $key => $value) {
    echo $key, ' ', get_debug_type($value), "\n";
    break;
}
?>
--EXPECTF--
string: same, less
rows: same, less
object: same, less
hooked: same, less
internal: same, less
references: same, less
small: same, not less
random: same, not less
string: same, less
rows: same, less
object: same, less
hooked: same, less
internal: same, less
references: same, less
small: same, not less
random: same, not less
What a script does to it stays its own:
bool(true)
int(2)
bool(true)
string(7) "swapped"
bool(true)
%s %s

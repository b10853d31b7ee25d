--TEST--
What is one object in a value is one object in what is fetched, in circles too
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Node
{
    public array $children = [];
    public ?Node $parent = null;
    public ?Node $self = null;
    private mixed $any = null;

    public function __construct(?Node $parent = null, mixed $any = null)
    {
        $this->parent = $parent;
        $this->any = $any;
        if ($parent) {
            $parent->children[] = $this;
        }
    }
}
$root = new Node;
foreach (range(1, 10) as $i) {
    $child = new Node($root, $root);
    $grandchild = new Node($child, [$root, [$child]]);
}
$grandchild->self = $grandchild;
$one = new stdClass;
$one->self = $one;
$two = (object) ['one' => $one, 'list' => [$one]];
$one->two = $two;
$list = [new Node, 'name' => new Node];
// The array is the table of the object's properties, as long as nobody writes to either.
$bag = (object) ['node' => new Node];
$table = (array) $bag;
round_trips([
    'tree' => $root, 'leaf' => $grandchild, 'circle' => $one, 'circle in an array' => ['a' => [$two, $one], 'b' => $two], 'same twice' => [$root, $root], 'same deep' => [[[$one]], 'x' => ['y' => $one]],
    'array of objects twice' => [$list, $list], 'object and its part' => [$root->children[3], $root],
    'array of objects twice, deep' => [[$list, new Node], new Node, [[$list]]], 'table of an object' => [$bag, $table], 'table before its object' => [$table, [$bag]],
]);
apcu_store('value', [$root, 'again' => $root, 'leaf' => $grandchild]);
$fetched = apcu_fetch('value');
var_dump($fetched[0] === $fetched['again'], $fetched['leaf']->self === $fetched['leaf'], $fetched['leaf']->parent->parent === $fetched[0], $fetched[0] === $root);
// An array in an object that it holds. (serialize() makes two objects of the first one.)
$whole = [new Node, $holder = new Node];
$holder->children = $whole;
apcu_store('whole', $whole);
var_dump(count($whole[1]->children) === 2, ($whole = apcu_fetch('whole'))[1]->children[0] === $whole[0]);
$fetched[0]->new = 'changed';
var_dump(isset($fetched['again']->new), isset(apcu_fetch('value')[0]->new));
--EXPECTF--
11 values
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)

Deprecated: Creation of dynamic property Node::$new is deprecated in %s on line %d
bool(true)
bool(false)

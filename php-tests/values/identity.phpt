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
round_trips([
    'tree' => $root, 'leaf' => $grandchild, 'circle' => $one, 'circle in an array' => ['a' => [$two, $one], 'b' => $two], 'same twice' => [$root, $root], 'same deep' => [[[$one]], 'x' => ['y' => $one]],
    'array of objects twice' => [$list, $list], 'object and its part' => [$root->children[3], $root],
]);
apcu_store('value', [$root, 'again' => $root, 'leaf' => $grandchild]);
$fetched = apcu_fetch('value');
var_dump($fetched[0] === $fetched['again'], $fetched['leaf']->self === $fetched['leaf'], $fetched['leaf']->parent->parent === $fetched[0], $fetched[0] === $root);
$fetched[0]->new = 'changed';
var_dump(isset($fetched['again']->new), isset(apcu_fetch('value')[0]->new));
--EXPECTF--
8 values
bool(true)
bool(true)
bool(true)
bool(false)

Deprecated: Creation of dynamic property Node::$new is deprecated in %s on line %d
bool(true)
bool(false)

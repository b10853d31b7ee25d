--TEST--
A fetched object may be changed like any other; its strings and arrays are shared with nobody
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
class Node
{
    public string $text = 'the text of a node';
    protected array $list = ['a', ['b' => 'c']];
    private ?Node $next = null;
    public ?array $typed = ['typed' => ['list']];
    public readonly array $fixed;

    public function __construct(?Node $next = null)
    {
        $this->next = $next;
        $this->fixed = ['never' => ['changes']];
    }

    public function change(): static
    {
        $this->text .= ' changed';
        $this->text[0] = '#';
        $this->list[] = 'new';
        array_walk_recursive($this->list, fn (&$item) => $item .= '!');
        sort($this->list);
        $this->next?->change();
        foreach ($this->typed as &$item) {
            $item[] = 'by reference';
        }
        $reference = &$this->text;
        $reference .= ' by reference';
        $fixed = $this->fixed;
        $fixed['never'][] = 'changed';
        unset($this->typed['typed'][0]);
        return $this;
    }
}
$object = new Node(new Node);
$dynamic = new stdClass;
$dynamic->list = range(1, 5);
$dynamic->node = $object;
$dynamic->{'7'} = 'numeric name';
$values = [
    'object' => $object, 'stdClass' => $dynamic, 'array of objects' => [$object, 'same' => $object, [$dynamic]],
    'ArrayObject' => new ArrayObject(['x' => ['y' => 'z']]), 'date' => new DateTimeImmutable('2020-01-01'),
];
foreach ($values as $name => $value) {
    apcu_store('value', $value);
    $original = serialize($value);
    for ($i = 0; $i < 3; $i++) {
        $fetched = apcu_fetch('value');
        if (serialize($fetched) !== $original) {
            echo "$name: fetch $i differs\n";
        }
        if ($fetched === $value || is_object($fetched) && spl_object_id($fetched) === spl_object_id($value)) {
            echo "$name: not a new object\n";
        }
        $fresh = unserialize($original);
        foreach ([$fetched, $fresh] as $copy) {
            $parts = (array) $copy;
            array_walk_recursive($parts, function ($item) {
                $item instanceof Node && $item->change();
            });
            $copy instanceof Node && $copy->change();
            if ($copy instanceof stdClass) {
                $copy->list[] = 6;
                $copy->list[0]++;
                $copy->node->change();
                unset($copy->{'7'});
                $copy->new = ['dynamic'];
            }
            if ($copy instanceof ArrayObject) {
                $copy['x']['y'] .= 'changed';
                $copy[] = 'new';
            }
        }
        if (serialize($fetched) !== serialize($fresh)) {
            echo "$name: changes differ\n", serialize($fetched), "\n", serialize($fresh), "\n";
        }
        $clone = clone (is_object($fetched) ? $fetched : (object) $fetched);
    }
}
echo "done\n";
--EXPECT--
done

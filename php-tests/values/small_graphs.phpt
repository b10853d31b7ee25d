--TEST--
Small values with objects are what unserialize() makes of serialize(), on both sides of each size from which they are stored in another way
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
// PHP 8.5 and later: an object in an ArrayObject, SplObjectStorage::attach().
error_reporting(E_ALL & ~E_DEPRECATED);
enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
    case Clubs = 'c';
}
class Node
{
    public mixed $next = null;
    protected $name = 'a name';
    private ?array $list = null;

    public function __construct(mixed $next = null, ?array $list = null)
    {
        $this->next = $next;
        $this->list = $list;
    }
}
class Typed
{
    public int $set = 1;
    public string $unset;
    public ?Typed $other = null;
}
#[AllowDynamicProperties]
class Open
{
    public $declared = 1;
}
class Says
{
    public function __construct(public mixed $value) {}

    public function __serialize(): array
    {
        return ['value' => $this->value, 'more' => [[], [1, 'two'], null]];
    }

    public function __unserialize(array $data): void
    {
        $this->value = $data['value'];
    }
}

function check(string $what, mixed $value): void
{
    $expected = serialize(unserialize(serialize($value)));
    apcu_store('key', $value) or print("$what: not stored\n");
    for ($i = 0; $i < 3; $i++) {
        $made = serialize(apcu_fetch('key'));
        if ($made !== $expected) {
            echo "$what:\n$expected\n$made\n";
        }
    }
}

/** Everything, alone and inside of other things. */
function check_all(string $what, mixed $value): void
{
    check($what, $value);
    check("$what in a list", [1, $value, $value]);
    check("$what in a map", ['a' => $value, 5 => 'five', -1 => [$value]]);
    check("$what in an object", new Node($value, [$value]));
    check("$what in an object with a hook", new Says([$value, $value]));
    check("$what in an ArrayObject", new ArrayObject(['key' => $value, 'again' => $value]));
    $storage = new SplObjectStorage();
    $storage[new Node($value)] = $value;
    $storage[new Node($value)] = 'text';
    check("$what in a storage", $storage);
}

/** A value in so many arrays. */
function nested(int $levels, mixed $value): array
{
    return $levels === 1 ? [$value] : [nested($levels - 1, $value)];
}

function chain(int $length): ?Node
{
    return $length === 0 ? null : new Node(chain($length - 1));
}

$node = new Node();
$circle = new Node();
$circle->next = $circle;
$pair = [new Node(), new Node()];
$pair[0]->next = $pair[1];
$pair[1]->next = $pair[0];
$list = [$node, 'x'];
$unset = new Typed();
unset($unset->other);
$open = new Open();
$open->more = new Open();
$open->{'7'} = [new Open()];
$reference = ['a' => new Node()];
$reference['b'] = &$reference['a'];
$single = [new Node()];
foreach ($single as &$element) {
}
unset($element);
$holes = [1, new Node(), 3, Suit::Clubs];
unset($holes[0], $holes[2]);
$inside = new ArrayObject();
$inside['self'] = $inside;
$walked = new Node(1);
foreach ($walked as $property) {
}
(array) $walked;

check_all('nothing', null);
check_all('an object', $node);
check_all('a circle', $circle);
check_all('two objects that hold each other', $pair);
check_all('a list in several places', [$list, $list, new Node($list)]);
check_all('cases', [Suit::Hearts, [Suit::Spades, Suit::Hearts], 'key' => Suit::Clubs]);
check_all('what is not set', [new Typed(), $unset, new Typed(), $unset]);
check_all('further properties', [$open, new Open(), $open]);
check_all('a reference', $reference);
check_all('a reference that nobody else has', $single);
check_all('holes', $holes);
check_all('an ArrayObject in itself', $inside);
check_all('an ArrayObject of an object', new ArrayObject(new Node(1)));
check_all('an ArrayIterator', new ArrayIterator([1, [2, 3], $node]));
check_all('a list of the SPL', (function () use ($node) {
    $list = new SplDoublyLinkedList();
    $list->push($node);
    $list->push([1, 2]);
    return $list;
})());
check_all('an interval', [new DateInterval('P1D'), new DateTimeZone('Europe/Berlin')]);
check_all('properties in a table', [$walked, new Node(2)]);
check_all('a closure\'s neighbour', [1.5, -0.0, INF, true, false, null, PHP_INT_MIN, '']);
foreach ([1, 2, 5, 6, 7, 8, 12, 13, 20] as $n) {
    check_all("$n objects", array_map(fn ($i) => new Node($i), range(1, $n)));
    check_all("a chain of $n", chain($n));
    check_all("$n levels", nested($n, new Node([1, [2, [3]]])));
    check_all("$n arrays", array_map(fn ($i) => [$i, "text $i"], range(1, $n)));
    check_all("$n lists of objects", array_map(fn ($i) => [new Node(['key' => $i])], range(1, $n)));
    check_all("$n dates", array_map(fn ($i) => new DateTime("2024-01-$i UTC"), range(1, $n)));
    check_all("$n storages", array_map(fn () => new SplObjectStorage(), range(1, $n)));
}
for ($n = 1; $n <= 7; $n++) {
    $classes = array_slice([new Node(), new Typed(), new Open(), new ArrayObject(), new stdClass(), new DateTime('2024-01-01 UTC'), new Says(1)], 0, $n);
    check_all("$n classes", [$classes, $classes]);
}
foreach ([15, 16, 17, 31, 32, 33, 120, 130] as $n) {
    check_all("$n elements", [new Node(), range(1, $n)]);
    check_all("$n keys", [new Node(), array_fill_keys(array_map(fn ($i) => "key $i", range(1, $n)), 'x')]);
    check_all("$n elements with an object", [...range(1, $n), new Node()]);
}
foreach ([0, 1, 63, 64, 65, 1000] as $n) {
    check_all("$n bytes", [new Node(str_repeat('x', $n)), str_repeat('y', $n) => new Node([str_repeat('z', $n), [str_repeat('x', $n)]])]);
}
class ANameOfAClassThatIsSoLongThatItsTextTakesMoreThanTheSixtyFourBytesOfAShortString
{
    public $value = [1];
}
check_all('a long name', new ANameOfAClassThatIsSoLongThatItsTextTakesMoreThanTheSixtyFourBytesOfAShortString());
echo "done\n";
?>
--EXPECT--
done

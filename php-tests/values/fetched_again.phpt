--TEST--
What a request fetches again is made anew each time, and is the same as at first
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
}

class Base
{
    private $hidden = [1, 2];
    protected ?Base $next = null;
    public int|string $id;
    public readonly Suit $suit;
    public float $unset;
    public array $list = ['default'];

    public static function make(int $id, ?Base $next): static
    {
        $made = new static;
        [$made->id, $made->next, $made->suit] = [$id, $next, Suit::Spades];
        return $made;
    }

    public function __get($name)
    {
        return "no $name";
    }
}

class Derived extends Base
{
    public $hidden = 'shown';
    private ?self $me = null;

    public function circle(): static
    {
        $this->me = $this;
        return $this;
    }
}

$one = Base::make(1, Base::make(2, null));
$partly = Derived::make(4, $one);
unset($partly->list, $partly->hidden);
$dynamic = (object) ['a' => $one, 'b' => new stdClass, '7' => 'seven'];
$values = [
    'object' => $one,
    'derived' => Derived::make(3, $one)->circle(),
    'partly' => $partly,
    'dynamic' => $dynamic,
    'list' => array_map(fn ($id) => Base::make($id, null), range(1, 50)),
    'twice' => [$one, [$one, Suit::Hearts], Suit::Hearts, []],
    'map' => ['x' => $one, 'y' => [$one], 5 => Suit::Hearts],
    'empty' => [new stdClass, []],
    'case' => Suit::Hearts,
    'cases' => [...Suit::cases(), ...Suit::cases()],
];
apcu_store($values);
foreach ($values as $key => $value) {
    // What was unset and has a default gets it again.
    $text = serialize(unserialize(serialize($value)));
    $made = [];
    for ($i = 1; $i <= 4; $i++) {
        $made[] = $again = apcu_fetch($key);
        if (serialize($again) !== $text) {
            echo "$key, time $i: ", serialize($again), "\n";
        }
        // What is done to one is done to no other.
        foreach (is_array($again) ? $again : [$again] as $part) {
            if ($part instanceof Base) {
                $part->list[] = "more $i";
                $part->id = "changed $i";
            } elseif ($part instanceof stdClass) {
                $part->more = $i;
            }
        }
        if (is_array($again)) {
            $again[] = $i;
        }
    }
    unset($made);
    if (serialize(apcu_fetch($key)) !== $text) {
        echo "$key has changed\n";
    }
}

for ($i = 0; $i < 2; $i++) {
    $partly = apcu_fetch('partly');
    echo $partly->hidden, ', ', $partly->list[0], ', ', $partly->nothing, ', ';
    try {
        echo $partly->unset;
    } catch (Error $error) {
        echo $error->getMessage();
    }
    echo "\n";
    try {
        apcu_fetch('object')->suit = Suit::Hearts;
    } catch (Error $error) {
        echo $error->getMessage(), "\n";
    }
    [$first, [$second]] = apcu_fetch('twice');
    var_dump($first === $second, apcu_fetch('case') === Suit::Hearts);
}

// A class that comes later than the first fetch.
$text = str_replace('8:"stdClass"', '9:"ComesLate"', serialize([(object) ['a' => 1]]));
apcu_store('late', unserialize($text));
echo get_debug_type(apcu_fetch('late')[0]), "\n";
eval('class ComesLate { public $a; public $b = "default"; }');
for ($i = 0; $i < 2; $i++) {
    echo json_encode(apcu_fetch('late')), "\n";
}

// A value that is replaced has another plan.
apcu_store('object', Base::make(99, null));
echo apcu_fetch('object')->id, "\n";
?>
--EXPECT--
shown, default, no nothing, Typed property Base::$unset must not be accessed before initialization
Cannot modify readonly property Base::$suit
bool(true)
bool(true)
shown, default, no nothing, Typed property Base::$unset must not be accessed before initialization
Cannot modify readonly property Base::$suit
bool(true)
bool(true)
__PHP_Incomplete_Class
[{"a":1,"b":"default"}]
[{"a":1,"b":"default"}]
99

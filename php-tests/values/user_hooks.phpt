--TEST--
An object's own __serialize() is called once for a store, whatever it returns or does, and the fetch makes what unserialize() makes of serialize()
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Hooked
{
    public static int $calls = 0;
    public static int $restored = 0;

    public function __construct(public mixed $data = [])
    {
    }

    public function __serialize(): array
    {
        self::$calls++;
        return $this->data instanceof Closure ? ($this->data)($this) : (is_array($this->data) ? $this->data : ['data' => $this->data]);
    }

    public function __unserialize(array $data): void
    {
        self::$restored++;
        $this->data = $data;
        if (isset($data['throw'])) {
            throw new LogicException($data['throw']);
        }
        if (isset($data['fetch'])) {
            $this->data['fetched'] = apcu_fetch($data['fetch']);
        }
    }

    public function __destruct()
    {
        if (is_array($this->data) && isset($this->data['says'])) {
            echo $this->data['says'], ' ';
        }
    }
}
class Bag extends ArrayObject
{
    public mixed $more = null;

    public function __serialize(): array
    {
        Hooked::$calls++;
        return [parent::__serialize(), $this->more];
    }

    public function __unserialize(array $data): void
    {
        Hooked::$restored++;
        parent::__unserialize($data[0]);
        $this->more = $data[1];
    }
}
class Loose
{
    public function __construct(private mixed $what)
    {
    }

    public function __serialize()
    {
        Hooked::$calls++;
        return ($this->what)();
    }

    public function __unserialize(array $data): void
    {
    }
}
class OneWay
{
    public $kept = 1;

    public function __serialize(): array
    {
        Hooked::$calls++;
        return ['kept' => 2];
    }
}
class Sleeper
{
    public $a = 'a';

    public function __sleep(): array
    {
        Hooked::$calls++;
        return ['a'];
    }

    public function __wakeup(): void
    {
        Hooked::$restored++;
    }
}
$object = new stdClass;
$list = ['x', $object];
$shared = [new stdClass, [new stdClass]];
$referenced = 'text';
$date = new DateTimeImmutable('2024-05-06 07:08 Europe/Berlin');
$self = new Hooked;
$self->data = ['self' => $self, 'in' => [$self, (object) ['self' => $self]]];
$circle = new Hooked;
$circle->data = ['self' => $circle, 'other' => new Hooked(['back' => $circle, 'ref' => &$referenced])];
$counting = 0;
$fresh = fn () => [new stdClass, $pair = [new stdClass, new stdClass], $pair, [new DateTime('2000-01-01 UTC'), new Hooked([$pair])], &$referenced, [&$referenced], new stdClass];
$values = [
    'empty' => fn () => new Hooked, 'flat' => fn () => new Hooked(['id' => 1, 'name' => 'one', 5 => 2.5, 'none' => null]), 'list' => fn () => new Hooked([1, 'two', [3, ['four']]]), 'nested' => fn () => new Hooked(['a' => [1], 'b' => ['x' => 'y'], 'c' => []]),
    'many arrays' => fn () => new Hooked([[1], [2], [3], [4], [5], []]), 'long' => fn () => new Hooked(range(1, 100)), 'long strings' => fn () => new Hooked([str_repeat('x', 5000)]), 'objects' => fn () => new Hooked([$object, $object, $list, $list]),
    'shared arrays' => fn () => new Hooked([$shared, $shared, [$shared]]), 'shared arrays and a reference' => fn () => new Hooked([$shared, $shared, [$shared], &$referenced, &$referenced]), 'one reference' => fn () => new Hooked([&$referenced, 1]),
    'hooked in hooked' => fn () => new Hooked([new Hooked([1]), new Hooked([2, new Hooked])]), 'self' => fn () => $self, 'circle' => fn () => $circle, 'date' => fn () => new Hooked(['when' => $date, 'again' => [$date]]), 'fresh' => fn () => new Hooked($fresh),
    'counting' => function () use (&$counting) { $counting = 0; return new Hooked(function () use (&$counting) { return [++$counting, new Sleeper]; }); }, 'sleeper' => fn () => new Hooked([new Sleeper, 1]), 'one way' => fn () => new OneWay,
    'bag' => function () { $bag = new Bag([1, [2]]); $bag->more = [$bag]; return $bag; }, 'in a list' => fn () => [new Hooked([1]), new Hooked([2])], 'in an object' => fn () => (object) ['a' => new Hooked([1]), 'b' => $object],
    'throws' => fn () => new Hooked(fn () => throw new LogicException('by __serialize')), 'throws inside' => fn () => new Hooked([new Hooked(fn () => throw new LogicException('inside'))]), 'throws at the fetch' => fn () => new Hooked(['throw' => 'by __unserialize']),
    'one of several throws' => fn () => new Hooked([new Hooked(['says' => 'first']), new Hooked(['throw' => 'second']), new Hooked(['says' => 'third'])]), 'no array' => fn () => new Loose(fn () => 'text'), 'null' => fn () => new Loose(fn () => null),
    'a closure inside' => fn () => new Hooked([fn () => 1, 'x']), 'a resource inside' => fn () => new Hooked(['file' => STDIN]), 'changes itself' => fn () => new Hooked(function (Hooked $me) { $was = $me->data; $me->data = 'changed'; $me->data = $was; return ['a' => 1]; }),
    'cases' => fn () => new Hooked([Suit::Spades, ['x' => Suit::Hearts]]), 'numbers' => fn () => new Hooked([-0.0, NAN, INF, PHP_INT_MIN, 0.1, true, false]), 'keys' => fn () => new Hooked(['' => 1, '5x' => 2, -3 => 4, "\0a\0b" => 5, PHP_INT_MAX => 6]),
    'frees what it returned' => fn () => new Hooked(function (Hooked $me) { static $kept; $kept = null; $kept = [new Hooked(['deep'])]; return $kept; }),
];
enum Suit
{
    case Hearts;
    case Spades;
}
foreach ($values as $name => $make) {
    [Hooked::$calls, Hooked::$restored] = [0, 0];
    ob_start();
    $expected = outcome(fn () => unserialize(serialize($make())));
    $said = ob_get_clean();
    $wanted = [Hooked::$calls, Hooked::$restored];
    for ($i = 0; $i < 2; $i++) {
        [Hooked::$calls, Hooked::$restored] = [0, 0];
        apcu_store('value', 'before');
        ob_start();
        $outcome = outcome(function () use ($make) {
            apcu_store('value', $make());
            return apcu_fetch('value');
        });
        $now_said = ob_get_clean();
        if (str_replace('apcu_store()', 'serialize()', $outcome) !== $expected || [Hooked::$calls, Hooked::$restored] !== $wanted || $now_said !== $said) {
            echo "$name:\n  $outcome, $now_said ", Hooked::$calls, ' ', Hooked::$restored, "\nnot\n  $expected, $said ", implode(' ', $wanted), "\n";
        }
    }
    if (str_starts_with($expected, '#')) {
        $again = outcome(fn () => [apcu_fetch('value'), apcu_fetch('value')]);
        $twice = outcome(fn () => [unserialize($text = serialize($make())), unserialize($text)]);
        if ($again !== $twice) {
            echo "$name, again:\n  $again\nnot\n  $twice\n";
        }
    }
}
echo count($values), " values\n";

// What __serialize() does to the cache, and to what is stored together with it.
apcu_store('inner', [1, 2]);
apcu_store('outer', new Hooked(function () {
    apcu_store('outer', 'from inside');
    apcu_delete('inner');
    return ['seen' => apcu_fetch('outer'), 'fetch' => 'inner'];
}));
apcu_store('inner', 'later');
echo describe(apcu_fetch('outer')), "\n";
$first = (object) ['list' => ['old', 'values']];
$pairs = ['first' => $first, 'second' => new Hooked(function () use ($first) { $first->list = [str_repeat('new', 2)]; return ['done' => $first]; }), 'third' => $first];
apcu_store($pairs);
echo describe(apcu_fetch(['first', 'second', 'third'])), "\n";
$first->list = ['old', 'values'];
$cache = new Trove\Cache('some');
$cache->storeMultiple($pairs);
echo describe($cache->fetchMultiple(['first', 'second', 'third'])), "\n";
$variable = new Hooked(function () use (&$variable) { $variable = null; gc_collect_cycles(); return ['kept' => str_repeat('x', 3)]; });
apcu_store('variable', $variable);
echo describe(apcu_fetch('variable')), "\n";

register_shutdown_function(function () {
    echo describe(apcu_fetch('ended')), "\n";
});
apcu_store('ended', 'before the end');
apcu_store('ended', new Hooked(function () { exit("exit\n"); }));
--EXPECT--
35 values
#0 Hooked ["data" => ["seen" => "from inside", "fetch" => "inner", "fetched" => "later"]]
["first" => #0 stdClass ["list" => [0 => "old", 1 => "values"]], "second" => #1 Hooked ["data" => ["done" => #2 stdClass ["list" => [0 => "newnew"]]]], "third" => #3 stdClass ["list" => [0 => "newnew"]]]
["first" => #0 stdClass ["list" => [0 => "newnew"]], "second" => #1 Hooked ["data" => ["done" => #2 stdClass ["list" => [0 => "newnew"]]]], "third" => #3 stdClass ["list" => [0 => "newnew"]]]
#0 Hooked ["data" => ["kept" => "xxx"]]
exit
"before the end"

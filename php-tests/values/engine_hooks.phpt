--TEST--
Objects of PHP's own classes with __serialize() are as unserialize() makes them however often they are fetched, and have nothing in common
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
date.timezone=UTC
--FILE--
<?php
// PHP 8.5 and later: an object in an ArrayObject, SplObjectStorage::attach().
error_reporting(E_ALL & ~E_DEPRECATED);
require __DIR__ . '/../support/values.inc';
enum Suit
{
    case Hearts;
}
class Moment extends DateTimeImmutable
{
    public ?self $next = null;
    public array $notes = ['a note'];

    public static function at(string $time, ?self $next): static
    {
        $moment = new static($time);
        $moment->next = $next;
        return $moment;
    }
}
class Day extends DateTime
{
    public function __destruct()
    {
        echo 'gone ';
    }
}
class Cloned extends DateTimeImmutable
{
    public static int $clones = 0;

    public function __clone()
    {
        self::$clones++;
    }
}
#[AllowDynamicProperties]
class Open extends DateTimeImmutable
{
    public function __set($name, $value)
    {
        echo "set $name ";
    }
}
class Reader extends DateTimeImmutable
{
    public function __unserialize(array $data): void
    {
        parent::__unserialize(['date' => '1999-12-31 00:00:00.000000'] + $data);
    }
}
class Woken
{
    public ?DateTime $when = null;

    public function __wakeup(): void
    {
        $this->when->modify('+1 day');
    }
}
class Bag extends ArrayObject
{
    protected array $hidden = ['hidden'];
    public mixed $open = null;

    public function getIterator(): Iterator
    {
        return new ArrayIterator([]);
    }
}
class Unmade extends DateTime
{
    public function __construct()
    {
    }
}
$date = new DateTimeImmutable('2024-03-31 01:30:00.5 Europe/Berlin');
$bag = new Bag(['a' => 1, 'b' => [1, ['deep']]]);
$bag->open = $bag;
$storage = new SplObjectStorage;
$storage[$date] = [1, $date];
$storage[$bag] = $storage;
$storage[$plain = new stdClass] = null;
$queue = new SplQueue;
$queue[] = $storage;
$queue[] = ['text', $date];
$stack = new SplStack;
$stack[] = 1;
$self = new ArrayObject;
$self->exchangeArray($self);
$list = [1, 2];
$open = new Open('2020-01-01');
$moment = Moment::at('2020-02-29 12:00', Moment::at('yesterday', null));
$woken = new Woken;
$woken->when = new DateTime('2024-01-01');
$wrapper = new ArrayObject($plain);
$plain->date = $date;
$plain->inner = [$date, 'zone' => $date->getTimezone()];
$values = [
    'date' => $date, 'twice' => [$date, $date, clone $date], 'mutable' => new DateTime('2000-01-01 12:00 +03:00'), 'zone' => new DateTimeZone('Asia/Tokyo'), 'offset' => new DateTimeZone('-02:30'), 'abbreviation' => new DateTime('2000-01-01 EST'),
    'far' => new DateTime('-12345-01-01'), 'early summer' => new DateTime('2024-10-27 02:30 CEST'), 'interval' => new DateInterval('P1Y2M3DT4H5M6S'), 'difference' => $date->diff(new DateTime('2020-01-01')), 'text interval' => DateInterval::createFromDateString('3 days ago'),
    'period' => new DatePeriod($date, new DateInterval('P1D'), 3), 'bag' => $bag, 'storage' => $storage, 'queue' => $queue, 'stack' => $stack, 'empty' => new SplObjectStorage, 'self' => $self,
    'iterator class' => new ArrayObject([1], ArrayObject::ARRAY_AS_PROPS, RecursiveArrayIterator::class), 'recursive' => new RecursiveArrayIterator([1, [2, 3]]), 'around an object' => $wrapper, 'around another' => new ArrayObject(new ArrayIterator([1, $bag])),
    'fixed' => SplFixedArray::fromArray([1, $bag, [2, $date]]), 'references' => new ArrayObject(['x' => &$list, 'y' => &$list]), 'one reference' => new ArrayObject([&$list[0]]), 'moment' => $moment, 'moments' => [$moment, [$moment->next]], 'open' => $open,
    'reader' => new Reader('2020-01-01'), 'cloned' => new Cloned('2020-01-01'), 'woken' => $woken, 'among others' => (object) ['a' => $date, 'b' => [$bag, 'key' => [$date]], 'c' => $plain], 'enum' => new ArrayObject([Suit::Hearts, $date]),
    'long' => new ArrayObject(range(1, 1000)), 'with long strings' => new ArrayObject([str_repeat('x', 1000), 'k' => str_repeat('y', 70)]), 'a random engine' => new ArrayObject([new SplPriorityQueue]),
];
foreach ($values as $name => $value) {
    $expected = outcome(fn () => unserialize(serialize($value)));
    apcu_store('value', $value);
    $kept = [];
    for ($i = 0; $i < 5; $i++) {
        $fetched = outcome(function () use (&$kept) { return $kept[] = apcu_fetch('value'); });
        if ($fetched !== $expected) {
            echo "$name, fetch $i:\n  $fetched\nnot\n  $expected\n";
        }
        // Whatever happens to one is nothing to those that come after it.
        foreach (is_array($kept[$i]) ? $kept[$i] : [$kept[$i]] as $object) {
            match (true) {
                $object instanceof DateTime => $object->modify('+1 year'),
                $object instanceof ArrayObject => $object->offsetSet('more', 1),
                $object instanceof SplObjectStorage => $object->attach(new stdClass),
                default => null,
            };
        }
    }
}
echo count($values), " values\n";
echo Cloned::$clones, " clones\n";

echo outcome(fn () => serialize(new Unmade)) === str_replace('apcu_store()', 'serialize()', outcome(fn () => apcu_store('value', new Unmade))) ? "same\n" : "different\n";
apcu_store('value', 'before');
echo outcome(fn () => apcu_store('value', [new Unmade])) === outcome(fn () => serialize([new Unmade])) ? 'thrown, ' : 'not thrown, ', apcu_fetch('value'), "\n";

$day = new Day('2024-01-01');
apcu_store('day', $day);
for ($i = 0; $i < 4; $i++) {
    apcu_fetch('day');
}
echo "\n";
// After the scripts' end, while objects are destructed: whoever fetches then gets another one, too.
register_shutdown_function(function () {
    echo apcu_fetch('day')->format('Y-m-d '), "at the end\n";
});
final class Late
{
    public function __destruct()
    {
        echo apcu_fetch('day')->format('Y-m-d '), apcu_fetch('day')->format('Y-m-d '), "\n";
    }
}
$late = new Late;
--EXPECT--
36 values
0 clones
same
thrown, before
gone gone gone gone 
gone 2024-01-01 at the end
gone 2024-01-01 gone 2024-01-01 
gone

--TEST--
storeMultiple(): a destructor of what a hook returned, that changes a value which was looked at before, changes nothing that is written
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
class Day extends DateTimeImmutable
{
    public static ?Closure $says = null;

    public function __destruct()
    {
        if (self::$says) {
            (self::$says)();
        }
    }
}
class Item
{
    public mixed $period = null;
    public mixed $more = null;
}

$first = new Item;
$first->more = str_repeat('A', 3000);
// A period hands out its days as new objects. The value is met again inside of itself, so it is looked at twice.
$inside = new Item;
$inside->period = new DatePeriod(new Day('2020-01-01'), new DateInterval('P1D'), 3);
$root = [1, $inside];
$inside->more = $root;

$calls = 0;
Day::$says = function () use ($first, &$calls) {
    $calls++;
    $first->more = str_repeat('B', 10);
    $other = str_repeat("\xFF", 3000);
};
$cache = new Trove\Cache('pool');
var_dump($cache->storeMultiple(['first' => $first, 'second' => $root, 'third' => $first]));
var_dump($calls > 0);
Day::$says = null;

$more = $cache->fetch('first')->more;
var_dump($more === str_repeat('A', 3000) || $more === str_repeat('B', 10));
var_dump($cache->fetch('third')->more === $more);
foreach ($cache->fetch('second')[1]->period as $day) {
    echo $day->format('Y-m-d'), "\n";
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
2020-01-01
2020-01-02
2020-01-03
2020-01-04

--TEST--
An __unserialize() that lets go of another object of the value leaves nothing to be copied from there when the value is fetched again
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
class Owner
{
    public ?DateTime $date = null;
    public mixed $more = null;
}
class Setter extends DateTime
{
    private static array $kept = [];

    public function __set(string $name, mixed $value): void
    {
        if ($value->date === null) {
            $this->$name = $value;
            return;
        }
        $value->date = null;
        for ($i = 0; $i < 40; $i++) {
            self::$kept[] = str_repeat('B', 4 + $i % 20);
        }
    }
}
class Bag extends ArrayObject
{
    private static array $kept = [];

    public function __unserialize(array $data): void
    {
        $data[1][0]->date = null;
        // Where the date was, is something else.
        for ($i = 0; $i < 40; $i++) {
            self::$kept[] = str_repeat('A', 4 + $i % 20);
        }
    }
}

$owner = new Owner;
[$owner->date, $owner->more] = [new DateTime('2020-01-01 UTC'), new Bag([$owner])];
apcu_store('bag', $owner);
for ($i = 0; $i < 4; $i++) {
    $fetched = apcu_fetch('bag');
    echo get_debug_type($fetched->date), ' ', get_class($fetched->more), "\n";
}

$owner = new Owner;
$owner->more = new Setter('2020-01-02 UTC');
@$owner->more->owner = $owner;
$owner->date = new DateTime('2020-01-01 UTC');
apcu_store('set', $owner);
for ($i = 0; $i < 4; $i++) {
    $fetched = @apcu_fetch('set');
    echo get_debug_type($fetched->date), ' ', get_class($fetched->more), "\n";
}

$owner = new Owner;
[$owner->date, $owner->more] = [new DateTime('2020-01-01 UTC'), new DateTimeZone('UTC')];
apcu_store('dates', [$owner, $owner->date]);
for ($i = 0; $i < 4; $i++) {
    $fetched = apcu_fetch('dates');
    echo $fetched[0]->date->modify('+1 day')->format('Y-m-d'), ' ', $fetched[1] === $fetched[0]->date ? 'same' : 'other', "\n";
}
?>
--EXPECT--
null Bag
null Bag
null Bag
null Bag
null Setter
null Setter
null Setter
null Setter
2020-01-02 same
2020-01-02 same
2020-01-02 same
2020-01-02 same

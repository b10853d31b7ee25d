--TEST--
A date is stored as its __serialize() has it, whatever its year, its zone, its class and its properties are
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
date.timezone=Europe/Berlin
--FILE--
<?php
class Bare extends DateTimeImmutable {}
class Named extends DateTime
{
    public string $name = 'a name';
    protected ?array $list = null;
}
#[AllowDynamicProperties]
class Open extends DateTime {}
class Own extends DateTimeImmutable
{
    public function __serialize(): array
    {
        return ['date' => '2001-02-03 04:05:06.000007', 'timezone_type' => 3, 'timezone' => 'Asia/Tokyo'];
    }
}
class Unmade extends DateTime
{
    public function __construct() {}
}

function check(string $what, DateTimeInterface $date): void
{
    foreach ([$date, [$date], ['key' => $date, 'more' => [$date]]] as $value) {
        $text = serialize($value);
        apcu_store('key', $value) or print("$what: not stored\n");
        for ($i = 0; $i < 3; $i++) {
            $made = serialize(apcu_fetch('key'));
            if ($made !== $text) {
                echo "$what:\n$text\n$made\n";
            }
        }
    }
}

$texts = ['0000-01-01', '0001-02-03 04:05:06', '0987-06-05', '1969-12-31 23:59:59.999999', '2024-02-29 00:00:00.000001', '9999-12-31 23:59:59', '2024-13-01'];
$zones = ['UTC', 'Europe/Berlin', 'America/Argentina/ComodRivadavia', 'Africa/Monrovia', '+02:00', '-11:30', '+00:00', 'EST', 'CEST', 'Z'];
foreach ([DateTime::class, DateTimeImmutable::class, Bare::class, Named::class, Open::class, Own::class] as $class) {
    foreach ($texts as $text) {
        foreach ($zones as $zone) {
            try {
                check("$class $text $zone", new $class($text, new DateTimeZone($zone)));
            } catch (Exception) {
                // No date.
            }
        }
    }
    foreach (['-0001-01-01', '-12345-06-07', '+10000-01-01', '+123456-01-01', '@1700000000', '@-99999999999999', '2024-05-06T07:08:09Z', '2024-05-06 EDT'] as $text) {
        check("$class $text", new $class($text));
    }
    check("$class far", (new $class('2024-01-01'))->setDate(10000, 1, 1));
    check("$class over", (new $class('2024-01-01'))->setDate(2024, 14, 35)->setTime(25, 61, 61, 1234567));
    check("$class set", (new $class('2024-07-01 UTC'))->setTimestamp(1)->setTimezone(new DateTimeZone('Asia/Kathmandu')));
    check("$class modified", (new $class('2024-03-31 01:59:59'))->modify('+1 second'));
}
$open = new Open('2024-05-06');
$open->more = [1, new Bare('2024-05-06')];
check('with a property', $open);
unset($open->more);
check('without it', $open);

$date = new DateTime('2024-05-06');
(array) $date;
check('as an array', $date);
apcu_store('key', $date);
$date->modify('+1 day');
var_dump(apcu_fetch('key')->format('c'), $date->format('c'));

set_error_handler(fn () => true);
try {
    var_dump(apcu_store('unmade', new Unmade()));
} catch (Error $e) {
    echo "not stored\n";
}
try {
    serialize(new Unmade());
} catch (Error $e) {
    echo "nor serialized\n";
}
?>
--EXPECT--
string(25) "2024-05-06T00:00:00+02:00"
string(25) "2024-05-07T00:00:00+02:00"
not stored
nor serialized

--TEST--
A ttl is seconds, with fractions, or a DateInterval, or the moment of expiry; null is the object's default, 0 is for ever
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$c = new Trove\Cache('test');
function lives(string $key): ?int
{
    global $c;
    $expires = $c->entry($key)->expires;
    return $expires === null ? null : (int) round($expires - microtime(true));
}
$ttls = [
    'int' => 100, 'float' => 100.25, 'interval' => new DateInterval('PT1M40S'), 'moment' => new DateTime('+100 seconds'),
    'immutable' => new DateTimeImmutable('@' . (time() + 100)), 'zero' => 0, 'zero float' => 0.0, 'null' => null,
    'far' => PHP_INT_MAX, 'interval in months' => DateInterval::createFromDateString('+1 month'),
];
foreach ($ttls as $key => $ttl) {
    $c->store($key, 1, $ttl);
    echo str_pad($key, 20), match (true) {
        lives($key) === null => 'for ever', lives($key) > 1e9 => 'for ages', lives($key) > 27 * 86400 => 'a month', default => 'about ' . round(lives($key), -1)
    }, "\n";
}

echo "-- the default of an object\n";
$short = new Trove\Cache('test', 100);
$short->store('default', 1);
$short->store('own', 1, 0);
$short->storeMultiple(['several' => 1]);
$short->increment('counter');
var_dump(round(lives('default'), -1), lives('own'), round(lives('several'), -1), round(lives('counter'), -1));

echo "-- milliseconds\n";
$c->store('brief', 'value', 0.05);
$until = microtime(true) + 10;
while ($c->has('brief') && microtime(true) < $until) {
    usleep(5000);
}
var_dump($c->fetch('brief', 'gone'), $c->entry('brief')->state);
$c->store('at once', 'value', new DateInterval('PT0S'));
usleep(20_000);
var_dump($c->has('at once'));
?>
--EXPECT--
int                 about 100
float               about 100
interval            about 100
moment              about 100
immutable           about 100
zero                for ever
zero float          for ever
null                for ever
far                 for ever
interval in months  a month
-- the default of an object
float(100)
NULL
float(100)
float(100)
-- milliseconds
string(4) "gone"
string(7) "missing"
bool(false)

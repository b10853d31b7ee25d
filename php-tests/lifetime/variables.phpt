--TEST--
Values kept in variables of every kind outlive the entries that they came from
--DESCRIPTION--
Another process overwrites, deletes, evicts and flushes until all memory has been used many times over.
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
class Keeper
{
    public static mixed $static;
    public mixed $property;
    public ?array $typed;
    public readonly array $fixed;
}
function keep(mixed $value = null): mixed
{
    static $kept;
    return $kept = $value ?? $kept;
}
function take(int $n): mixed
{
    return apcu_fetch("value $n");
}
$churner = churner();
$churner->run('churn(0);');
$keeper = new Keeper;
$variable = take(0);
$reference = &$GLOBALS['through a reference'];
$reference = take(1);
Keeper::$static = take(2);
$keeper->property = take(3);
$keeper->typed = take(4);
(function () {
    $this->fixed = take(5);
})->call($keeper);
keep(take(6));
$captured = take(7);
$closure = fn () => $captured;
unset($captured);
$generator = (function () {
    $inside = take(8);
    yield 'started';
    yield $inside;
})();
$generator->current();
$fiber = new Fiber(function () {
    $inside = take(9);
    Fiber::suspend();
    return $inside;
});
$fiber->start();
define('TAKEN', take(11));
$nested = ['deep' => ['er' => [take(12), 'row' => take(13)['rows'][2]]]];
$parts = take(14);
$keys = [];
foreach ($parts as $key => $part) {
    $keys[$key] = $part;            // fetched strings as keys of an array of our own
}
unset($parts);
$storage = new SplObjectStorage;
$storage[$keeper] = take(16);
$map = new WeakMap;
$map[$keeper] = take(17);
$object = new ArrayObject(take(18));
$iterator = new ArrayIterator(take(19)['rows']);
$iterator->next();
$string = take(1)['text'];
$slice = array_slice(take(2), 1, 2);
$copy = take(3);
$copy['n'] = 'changed';

for ($i = 0; $i < 5; $i++) {
    $churner->run('churn();');
    $checks = [
        $variable, $reference, Keeper::$static, $keeper->property, $keeper->typed, $keeper->fixed, keep(), $closure(), TAKEN, $nested['deep']['er'][0], $keys,
        $storage[$keeper], $map[$keeper], $object->getArrayCopy(), ['n' => 3] + $copy,
    ];
    foreach ($checks as $n => $value) {
        if (!intact($value)) {
            echo "round $i: value $n has changed\n";
        }
    }
    $parts = [
        $nested['deep']['er']['row'] === value(13)['rows'][2], iterator_to_array($iterator) === value(19)['rows'], $string === value(1)['text'],
        $slice === array_slice(value(2), 1, 2),
    ];
    if (in_array(false, $parts)) {
        echo "round $i: parts have changed ", json_encode($parts), "\n";
    }
    // New fetches keep working beside the old ones, and what they return may join them.
    $fresh[] = take($i);
    $fresh[] = take(15);
}
$generator->next();
$fiber->resume();
echo json_encode([intact($generator->current()), intact($fiber->getReturn()), array_map('intact', $fresh)]), "\n";
echo 'churner: ', $churner->end() ?: 'well', "\n";
--EXPECT--
[true,true,[true,true,true,true,true,true,true,true,true,true]]
churner: well

--TEST--
Objects of PHP's own classes, and of classes that extend them, come back as unserialize() makes them
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
date.timezone=UTC
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Collection extends ArrayObject
{
    private array $more = ['more'];
}
class Moment extends DateTimeImmutable
{
    public ?self $next = null;
}
class Problem extends RuntimeException
{
    public array $context = ['context'];
}
class Items extends ArrayIterator
{
}
$storage = new SplObjectStorage;
$storage[$key = new stdClass] = ['data', $key];
$storage[new Collection([1])] = $storage;
$heap = new SplPriorityQueue;
$list = new SplDoublyLinkedList;
$list[] = new Collection(['x']);
$list[] = 'text';
$fixed = SplFixedArray::fromArray([1, [2], new stdClass]);
$array = new ArrayObject(['a' => $key, 'b' => [1, 2]]);
$moment = new Moment('2020-02-29 12:00:00.5 Europe/Berlin');
$moment->next = new Moment('2021-01-01');
$values = [
    'storage' => $storage, 'list' => $list, 'queue' => new SplQueue, 'fixed' => $fixed, 'array object' => $array, 'collection' => new Collection(['x' => new Collection]), 'iterator' => new Items([1, 2, 3]),
    'date' => new DateTime('2020-01-01'), 'zone' => new DateTimeZone('Europe/Paris'), 'interval' => new DateInterval('P1DT2H'), 'period' => new DatePeriod(new DateTime('2020-01-01'), new DateInterval('P1D'), 3),
    'moment' => $moment, 'among others' => [1, ['x' => $moment, 'y' => $key], $storage, $key],
];
round_trips($values);
apcu_store('value', [new Problem('message', 3, new LogicException('previous')), new Error('error')]);
[$problem, $error] = apcu_fetch('value');
echo get_class($problem), ': ', $problem->getMessage(), ', ', $problem->getCode(), ', ', $problem->getPrevious()->getMessage(), ', ', $problem->context[0], ', ', $error->getMessage(), "\n";
--EXPECT--
13 values
Problem: message, 3, previous, context, error

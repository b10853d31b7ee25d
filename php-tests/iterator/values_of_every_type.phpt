--TEST--
Items hold values like those that apcu_fetch() returns
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
enum Suit: string
{
    case Hearts = 'h';
}
$values = [
    'null' => null, 'int' => 5, 'float' => 1.5, 'true' => true, 'string' => str_repeat('s', 5000), 'array' => ['a' => [1, 'two']],
    'object' => new ArrayObject([1]), 'enum' => Suit::Hearts,
];
apcu_store($values);
$different = [];
foreach (new APCUIterator(null, APC_ITER_VALUE) as $key => $item) {
    $item['added'] = 1;                 // an item is an ordinary array
    if (serialize($item['value']) !== serialize($values[$key])) {
        $different[] = $key;
    }
    unset($values[$key]);
}
echo text($different), ' ', text($values), "\n";
--EXPECT--
[] []

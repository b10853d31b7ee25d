--TEST--
Arrays come back with their keys, their order and their values
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
$holes = range(1, 9);
unset($holes[0], $holes[3], $holes[4]);
$emptied = [1, 2, 3];
unset($emptied[0], $emptied[1], $emptied[2]);
$row = ['id' => 1, 'name' => 'a name', 'none' => null, 'yes' => true, 'no' => false, 'price' => 9.99, 'tags' => ['x', 'y']];
$other = fn (array $array) => unserialize(serialize($array));
// What was deleted from a map leaves marks in its hash.
$colliding = ['Ez' => 1, 'FY' => 2, 'EzEz' => 3, 'FYFY' => 4, 'EzFY' => 5, 'FYEz' => 6];
$hollow = $shrunk = $refilled = $colliding;
unset($hollow['FYFY'], $shrunk['FYEz'], $shrunk['EzFY'], $refilled['Ez']);
$refilled += array_fill_keys(range('a', 'z'), 'x');
$values = [
    'colliding' => $colliding, 'hollow' => $hollow, 'shrunk' => $shrunk, 'refilled' => $refilled, 'many of them' => [$colliding, $hollow, $shrunk, $refilled, [$colliding]],
    'rows of other strings' => array_map(fn ($i) => ['id' => $i] + $other($row), range(1, 9)), 'alike at both ends' => [$row, ['id' => 1, 'Name' => 2] + $row, $other($row)],
    'keys 1 and "1x"' => [[1 => 'a', 'b' => [1]], ['1x' => 'a', 'b' => [2]], [1 => 'a', 'b' => [3]], [2 => 'a', 'b' => [4]]],
    'empty' => [], 'list' => [1, 2, 3], 'map' => $row, 'rows' => array_fill(0, 50, $row), 'other rows' => [$row, ['id' => 2] + $row, array_reverse($row), ['ID' => 1] + $row],
    'holes' => $holes, 'emptied' => $emptied, 'negative keys' => [-1 => 'a', -5 => 'b', 3 => 'c'], 'only -1' => [-1 => true], 'greatest key' => [PHP_INT_MAX => 1, PHP_INT_MIN => 2],
    'list in reverse' => [2 => 'c', 1 => 'b', 0 => 'a'], 'list and name' => [1, 2, 'name' => 3], 'names like integers' => ['01' => 1, '1.5' => 2, '-0' => 3, ' 1' => 4, '' => 5],
    'binary names' => ["\0" => 1, "a\0b" => 2, "\xff\xfe" => 3], 'same text' => [str_repeat('same', 20), str_repeat('same', 20), str_repeat('same', 20) => str_repeat('same', 20)],
    'same array' => [$row, $row, [$row, 'row' => $row]], 'empty ones' => [[], [[], 'a' => []], []], 'from JSON' => json_decode('{"a":{"b":[1,{"c":null}]},"5":[]}', true),
    'constant' => PHP_VERSION === '' ? [] : ['constant', 'array', ['of' => 'the script']],
];
foreach ([1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000] as $size) {
    foreach (range(1, $size) as $i) {
        $values["$size of a list"][] = $i;
        $values["$size of a map"]["key $i"] = "value $i";
        $values["$size of a sparse list"][$i * 3] = [$i];
        $values["$size of anything"][$i % 3 ? "k$i" : -$i] = $i % 2 ? null : [$i => 'x'];
    }
}
round_trips($values);

// Every key is found, no other is; and appending goes on where unserialize() would.
foreach ($values as $name => $value) {
    apcu_store('value', $value);
    $fetched = apcu_fetch('value');
    foreach ($value as $key => $item) {
        if (!array_key_exists($key, $fetched) || $fetched[$key] !== $item) {
            echo "$name: $key is not found\n";
        }
    }
    if (isset($fetched['no such key']) || isset($fetched[4711_4711]) || array_key_exists("key 1\0", $fetched)) {
        echo "$name: has what it has not\n";
    }
    $fresh = unserialize(serialize($value));
    if (!isset($value[PHP_INT_MAX])) {
        $fetched[] = $fresh[] = 'appended';
        if ($fetched !== $fresh) {
            echo "$name: appends at ", json_encode(array_diff_key($fetched, $value)), "\n";
        }
    }
}
--EXPECT--
107 values

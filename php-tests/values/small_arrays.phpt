--TEST--
Small arrays come back as they were: their keys, types, order and next index, as their own and inside a larger one; small objects, too
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
class Point { public $x = 1; }
$long = str_repeat('long ', 13);
$binary = "nul \0 and \xff";
$referred = 1;
$alone = ['x' => 1];
foreach ($alone as &$_) { }
unset($_);
$holes = ['a', 'b', 'c', 'd'];
unset($holes[1], $holes[3]);
$cut = [1, 2, 3];
array_pop($cut);
$popped = ['a' => 1, 'b' => 2];
unset($popped['a']);
$values = [
    [], [1], ['a' => 1], [0 => 'a', 1 => 'b'], [1 => 'a', 0 => 'b'], [-5 => 'a'], [PHP_INT_MAX => 1], [PHP_INT_MIN => 1, 'x' => 2],
    ['', '' => ''], ['0x', '00' => 1, '-0' => 2, 7 => 3], [null, false, true, 0, -1, 1.5, NAN, -0.0, INF, 'text', $binary],
    ['k' => $binary, $binary => 'k', 'same' => 'same', 'other' => 'same'], [$long, $long], ['x' => substr($long, 0, 64)], [$long => 1],
    $holes, $cut, $popped, $alone, ['r' => &$referred], ['both' => &$referred, 'of them' => &$referred], ['o' => new Point], ['in' => ['side' => [1]]],
    range(1, 16), range(1, 17), array_fill_keys(range('a', 'p'), 'x'), array_fill_keys(range('a', 'q'), 'x'),
    array_combine(array_map(fn ($i) => "field_$i", range(1, 10)), range(1, 10)), ['1' => 'one', '01' => 'one'], ["\xc3\xa9" => "\xc3\xa9"],
];
// Strings of every length that is short, and some more.
$text = implode('', array_map(fn ($n) => chr(65 + $n % 57), range(0, 99)));
for ($length = 0; $length <= 66; $length++) {
    $values[] = ['x' . substr($text, 0, $length) => substr($text, 9, $length), 'y' => 'after it'];
    $objects[] = (object) ['x' . substr($text, 0, $length) => substr($text, 9, $length), 'y' => $length];
    $objects[] = $point = new Point;
    $point->x = substr($text, 5, $length);
}
foreach ($objects as $i => $object) {
    apcu_store('value', $object);
    if (serialize(apcu_fetch('value')) !== serialize($object)) {
        echo "object $i: ", var_export(apcu_fetch('value'), true), "\nfor\n", var_export($object, true), "\n";
    }
}
foreach ($values as $i => $value) {
    apcu_store('value', $value);
    apcu_store('inside', ['around' => $value, 'large' => range(1, 40)]);
    $found = apcu_fetch('value');
    $inside = apcu_fetch('inside')['around'];
    $expected = unserialize(serialize($value));
    foreach (['itself' => $found, 'inside' => $inside] as $where => $copy) {
        // Since PHP 8.5 there is a warning where NAN becomes text.
        if (serialize($copy) !== serialize($expected) || @print_r($copy, true) !== @print_r($expected, true)) {
            echo "$i $where:\n", var_export($copy, true), "\nfor\n", var_export($expected, true), "\n";
        }
        foreach (array_keys($expected) as $key) {
            if (!array_key_exists($key, $copy)) echo "$i $where has no key ", var_export($key, true), "\n";
        }
        try {
            $expected_next = $expected;
            $expected_next[] = 'next';
            $copy[] = 'next';
            if (array_key_last($copy) !== array_key_last($expected_next)) echo "$i $where goes on at ", array_key_last($copy), "\n";
        } catch (Error $e) {
            echo "$i $where: ", $e->getMessage(), "\n";
        }
    }
}
echo "done\n";
--EXPECT--
6 itself: Cannot add element to the array as the next element is already occupied
6 inside: Cannot add element to the array as the next element is already occupied
done

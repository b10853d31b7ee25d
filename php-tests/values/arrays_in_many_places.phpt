--TEST--
Arrays that are in many places are looked at once, not once for each place
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$array = array_fill(0, 32, 'text');
for ($level = 1; $level < 8; $level++) {
    $array = array_fill(0, 32, $array); // in the end, 2 to the power of 40 elements
}
$object = new stdClass();
$object->array = $array;
foreach ([$object, ['array' => $array, 'object' => new stdClass()], new ArrayObject(['array' => $array])] as $value) {
    var_dump(apcu_store('key', $value));
    $fetched = apcu_fetch('key');
    $inner = is_array($fetched) ? $fetched['array'] : ((array) $fetched)['array'];
    while (is_array($inner)) {
        $inner = $inner[31];
    }
    var_dump($inner);
}
?>
--EXPECT--
bool(true)
string(4) "text"
bool(true)
string(4) "text"
bool(true)
string(4) "text"

--TEST--
The second argument of apcu_fetch() tells a stored false from a miss
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('no', false);
foreach (['no', 'nowhere'] as $key) {
    $success = 'untouched';
    var_dump(apcu_fetch($key, $success), $success);
}
// It need not exist before the call.
apcu_fetch('no', $fresh);
var_dump($fresh);
// It may be an element, a property, or a reference to either.
$array = [];
apcu_fetch('no', $array['deep']['er']);
$object = new stdClass;
$reference = &$object->answer;
apcu_fetch('nowhere', $reference);
var_dump($array, $object->answer);
--EXPECT--
bool(false)
bool(true)
bool(false)
bool(false)
bool(true)
array(1) {
  ["deep"]=>
  array(1) {
    ["er"]=>
    bool(true)
  }
}
bool(false)

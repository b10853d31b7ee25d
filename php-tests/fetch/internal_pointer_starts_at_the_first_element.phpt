--TEST--
The internal pointer of a fetched array stands on its first element
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$array = ['a' => 1, 'b' => 2, 'c' => 3];
end($array);
apcu_store('array', $array);
$fetched = apcu_fetch('array');
var_dump(key($fetched), current($fetched), key($array));
end($fetched);
$again = apcu_fetch('array');
var_dump(key($again));
--EXPECT--
string(1) "a"
int(1)
string(1) "c"
string(1) "a"

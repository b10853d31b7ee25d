--TEST--
A non-empty string is a regular expression that keys must match
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a1' => 1, 'a2' => 2, 'b1' => 3, 'A3' => 4, '' => 5, "a\n4" => 6, "\u{e9}" => 7]);
foreach (['/^a/', '/^a/i', '/1$/', '/^$/', '/nothing/', '/a.4/s', '/^a\n/', '/^.$/u', '#^(?<letter>[ab])\d$#', '{b}', '/a/'] as $regex) {
    $keys = array_keys(iterator_to_array(new APCUIterator($regex, APC_ITER_NONE)));
    sort($keys);
    report($regex, fn () => $keys);
}
--EXPECT--
/^a/ -> ['a\n4', 'a1', 'a2']
/^a/i -> ['A3', 'a\n4', 'a1', 'a2']
/1$/ -> ['a1', 'b1']
/^$/ -> ['']
/nothing/ -> []
/a.4/s -> ['a\n4']
/^a\n/ -> ['a\n4']
/^.$/u -> ['\303\251']
#^(?<letter>[ab])\d$# -> ['a1', 'a2', 'b1']
{b} -> ['b1']
/a/ -> ['a\n4', 'a1', 'a2']

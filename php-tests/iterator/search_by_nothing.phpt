--TEST--
null, the empty string and what is neither string nor array is no filter
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => 2]);
foreach ([null, '', 5, 0, 1.5, true, false, new stdClass] as $search) {
    report(text($search), fn () => (new APCUIterator($search))->getTotalCount());
}
--EXPECT--
null -> 2
'' -> 2
5 -> 2
0 -> 2
1.5 -> 2
true -> 2
false -> 2
stdClass [] -> 2

--TEST--
null and false are stored like any other result of the callback
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
foreach ([null, false, 0, '', []] as $value) {
    $calls = 0;
    apcu_clear_cache();
    report(text($value), function () use ($value, &$calls) {
        $compute = function () use ($value, &$calls) {
            $calls++;
            return $value;
        };
        return [apcu_entry('key', $compute), apcu_entry('key', $compute), $calls];
    });
}
--EXPECT--
null -> [null, null, 1]
false -> [false, false, 1]
0 -> [0, 0, 1]
'' -> ['', '', 1]
[] -> [[], [], 1]

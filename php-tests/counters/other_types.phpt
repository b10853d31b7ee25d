--TEST--
Only integers count: any other value is left as it is, silently
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$values = ['string' => 'text', 'numeric string' => '5', 'float' => 1.5, 'true' => true, 'null' => null, 'array' => [1], 'object' => new ArrayObject([1])];
foreach ($values as $name => $value) {
    apcu_store('key', $value);
    report("inc $name", fn () => [apcu_inc('key', 1, $ok), $ok]);
    report("dec $name", fn () => [apcu_dec('key', 1, $ok), $ok]);
    report("cas $name", fn () => apcu_cas('key', 5, 6));
    report('kept', fn () => serialize(apcu_fetch('key')) === serialize($value));
}
--EXPECT--
inc string -> [false, false]
dec string -> [false, false]
cas string -> false
kept -> true
inc numeric string -> [false, false]
dec numeric string -> [false, false]
cas numeric string -> false
kept -> true
inc float -> [false, false]
dec float -> [false, false]
cas float -> false
kept -> true
inc true -> [false, false]
dec true -> [false, false]
cas true -> false
kept -> true
inc null -> [false, false]
dec null -> [false, false]
cas null -> false
kept -> true
inc array -> [false, false]
dec array -> [false, false]
cas array -> false
kept -> true
inc object -> [false, false]
dec object -> [false, false]
cas object -> false
kept -> true

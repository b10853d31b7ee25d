--TEST--
A key of apcu_fetch() and apcu_exists() that is neither string nor array is cast to a string
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Named
{
    public function __toString(): string
    {
        return 'name';
    }
}
apcu_store(['0' => 'zero', '1' => 'one', '' => 'empty', '1.5' => 'fraction', '-7' => 'minus', 'name' => 'stringable']);
$keys = [
    '0' => 0, '-7' => -7, '1.0' => 1.0, '1.5' => 1.5, 'true' => true, 'false' => false, 'null' => null, 'Stringable' => new Named,
    'stdClass' => new stdClass,
];
foreach ($keys as $name => $key) {
    report("fetch $name", fn () => apcu_fetch($key));
    report("exists $name", fn () => apcu_exists($key));
    // The cast happens on a copy: the caller's variable keeps its type.
    if (!is_object($key)) {
        report("afterwards $name", fn () => $key);
    }
}
--EXPECT--
fetch 0 -> 'zero'
exists 0 -> true
afterwards 0 -> 0
fetch -7 -> 'minus'
exists -7 -> true
afterwards -7 -> -7
fetch 1.0 -> 'one'
exists 1.0 -> true
afterwards 1.0 -> 1.0
fetch 1.5 -> 'fraction'
exists 1.5 -> true
afterwards 1.5 -> 1.5
fetch true -> 'one'
exists true -> true
afterwards true -> true
fetch false -> 'empty'
exists false -> true
afterwards false -> false
fetch null -> 'empty'
exists null -> true
afterwards null -> null
fetch Stringable -> 'stringable'
exists Stringable -> true
fetch stdClass -> Error: Object of class stdClass could not be converted to string
exists stdClass -> Error: Object of class stdClass could not be converted to string

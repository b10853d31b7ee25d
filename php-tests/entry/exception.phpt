--TEST--
An exception of the callback is thrown on, nothing is stored, and the key is free again
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
try {
    apcu_entry('key', function (string $key) {
        throw new RuntimeException("no $key today");
    });
    echo "not reached\n";
} catch (RuntimeException $e) {
    echo $e->getMessage(), "\n", preg_replace('/ \S+\.php(\(\d+\))?/', '', plain_closures($e->getTraceAsString())), "\n";
}
report('not stored', fn () => apcu_exists('key'));
report('again', fn () => apcu_entry('key', fn () => 'second try'));
report('in a nested entry', fn () => apcu_entry('outer', fn () => apcu_entry('inner', fn () => throw new Error('deep'))));
report('neither stored', fn () => apcu_exists(['outer', 'inner']));
report('both free', fn () => apcu_entry('outer', fn () => apcu_entry('inner', fn () => 'deep')));
--EXPECT--
no key today
#0 [internal function]: {closure}('key')
#1: apcu_entry('key', Object(Closure))
#2 {main}
not stored -> false
again -> 'second try'
in a nested entry -> Error: deep
neither stored -> []
both free -> 'deep'

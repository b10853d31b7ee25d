--TEST--
apcu_entry() calls the callback for a missing key, with the key alone, and stores what it returns
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$calls = [];
$compute = function (...$arguments) use (&$calls) {
    $calls[] = $arguments;
    return ['made' => count($calls)];
};
report('miss', fn () => apcu_entry('key', $compute));
report('hit', fn () => apcu_entry('key', $compute));
report('stored', fn () => apcu_fetch('key'));
report('calls', fn () => $calls);
report('ttl', fn () => [apcu_entry('short', fn () => 1, 60), apcu_key_info('short')['ttl'], apcu_key_info('key')['ttl']]);
--EXPECT--
miss -> ['made' => 1]
hit -> ['made' => 1]
stored -> ['made' => 1]
calls -> [['key']]
ttl -> [1, 60, 0]

--TEST--
The error log says why a store was refused and what to change, once a request
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$log = Php::once(
    'for ($i = 0; $i < 5; $i++) { apcu_store("a key", str_repeat("x", 4 << 20)); }',
    ['apc.enable_cli' => 1, 'trove.memory' => '2M', 'log_errors' => 1, 'error_log' => ''],
);
echo substr_count($log, 'a key'), "\n", preg_match('/a key.*4194\d\d\d bytes.*trove\.memory/', $log) ? 'clear' : $log, "\n";
--EXPECT--
1
clear

--TEST--
In the command line's PHP a named segment is shared and apc.enable_cli reads 1, whatever was set; without a name the cache is private, and off as in APCu
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';

$directory = own_directory();
$show = 'echo var_export(apcu_enabled(), true), " ", ini_get("apc.enable_cli"), " ", json_encode(apcu_fetch("key")), "\n"; apcu_store("key", "kept");';
$cases = [
    'no segment' => [],
    'no segment, enabled' => ['apc.enable_cli' => 1],
    'first' => ['trove.segment' => 'default'],
    'second' => ['trove.segment' => 'default'],
    'apc.enable_cli=0' => ['trove.segment' => 'default', 'apc.enable_cli' => 0],
    'trove.enable_cli=0' => ['trove.segment' => 'default', 'trove.enable_cli' => 0],
    'apc.enabled=0' => ['trove.segment' => 'default', 'apc.enabled' => 0],
    'empty' => ['trove.segment' => ''],
];
foreach ($cases as $case => $ini) {
    echo "$case: ", Php::once($show, $ini + ['trove.directory' => $directory]);
}
$probe = 'echo json_encode([ini_get_all("apcu")["apc.enable_cli"]["global_value"], filter_var(ini_get("apc.enable_cli"), FILTER_VALIDATE_BOOL)]), "\n";';
echo Php::once($probe, ['trove.segment' => 'default', 'trove.directory' => $directory]);
--EXPECT--
no segment: false 0 false
no segment, enabled: true 1 false
first: true 1 false
second: true 1 "kept"
apc.enable_cli=0: true 1 "kept"
trove.enable_cli=0: false 0 false
apc.enabled=0: false 0 false
empty: false 0 false
["1",true]

--TEST--
A trove.* setting goes before the apc.* one of the same meaning
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$size = 'printf("%d MB", round(apcu_sma_info(true)["seg_size"] / 1048576));';
echo Php::once($size, ['apc.enable_cli' => 1, 'apc.shm_size' => '8M']), "\n";
echo Php::once($size, ['apc.enable_cli' => 1, 'apc.shm_size' => '8M', 'trove.memory' => '16M']), "\n";
$enabled = 'echo apcu_enabled() ? "on" : "off", " ";';
foreach ([[], ['apc.enable_cli' => 1], ['trove.enable_cli' => 1], ['apc.enable_cli' => 1, 'trove.enable_cli' => 0], ['apc.enable_cli' => 1, 'trove.enabled' => 0], ['trove.enable_cli' => 1, 'apc.enabled' => 0]] as $ini) {
    echo Php::once($enabled, $ini);
}
echo Php::once($enabled, ['trove.segment' => 'named', 'trove.directory' => own_directory()]), "\n";
--EXPECT--
8 MB
16 MB
off on on off off off on

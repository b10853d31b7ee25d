--TEST--
apc.shm_size takes M and G; a small number without a suffix means megabytes, with a warning
--EXTENSIONS--
apcu
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
foreach (['64M', '1G', '8', '33554432', '0', '-1'] as $size) {
    $output = Php::once(
        'printf("%d MB", round(apcu_sma_info(true)["seg_size"] / 1048576));',
        ['apc.enable_cli' => 1, 'apc.shm_size' => $size, 'display_startup_errors' => 1, 'html_errors' => 0],
    );
    echo $size, ': ', preg_replace('/\s+/', ' ', trim($output)), "\n";
}
--EXPECTF--
64M: 64 MB
1G: 1024 MB
8: Warning: PHP Startup: apc.shm_size now uses M/G suffixes, please update your ini files in Unknown on line 0 8 MB
33554432: 32 MB
0: 32 MB
-1: 32 MB

--TEST--
A size of huge pages that cannot be is a message
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
foreach (['0', '2M', '-1', '3M'] as $size) {
    $output = Php::once('echo apcu_enabled() ? "alive" : "off";', ['apc.enable_cli' => 1, 'apc.mmap_hugepage_size' => $size, 'display_startup_errors' => 1]);
    echo $size, ': ', trim(preg_replace('/( in Unknown on line 0|\s)+/', ' ', $output)), "\n";
}
--EXPECT--
0: alive
2M: alive
-1: Warning: PHP Startup: apc.mmap_hugepage_size must be a positive integer alive
3M: Warning: PHP Startup: apc.mmap_hugepage_size must be a power of 2 alive

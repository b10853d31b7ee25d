--TEST--
Where the tables for apc.entries_hint do not fit into the memory, PHP does not start, and says why
--EXTENSIONS--
apcu
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
foreach ([1000, 1_000_000] as $hint) {
    $output = Php::once(
        'echo apcu_store("key", 1) ? "stored" : "not stored";',
        ['apc.enable_cli' => 1, 'apc.shm_size' => '1M', 'apc.entries_hint' => $hint, 'display_startup_errors' => 1, 'html_errors' => 0],
    );
    echo trim($output), "\n";
}
--EXPECTF--
stored
%AUnable to allocate %d bytes of shared memory for cache structures. Either apc.shm_size is too small or apc.entries_hint too large%A

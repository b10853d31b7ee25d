--TEST--
The apc.* settings have APCu's defaults and modes
--EXTENSIONS--
apcu
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$modes = [INI_SYSTEM => 'system', INI_PERDIR | INI_SYSTEM => 'perdir', INI_ALL => 'all'];
foreach (ini_get_all('apcu') as $name => ['global_value' => $value, 'access' => $access]) {
    // Entries that came or went after the version that Debian 12 ships are looked at in a test of their own.
    if (!in_array($name, ['apc.shm_segments', 'apc.entries_hint', 'apc.mmap_hugepage_size', 'apc.smart', 'apc.expunge_threshold'])) {
        echo "$name ", text($value), " $modes[$access]\n";
    }
}
--EXPECT--
apc.coredump_unmap '0' system
apc.enable_cli '0' system
apc.enabled '1' system
apc.gc_ttl '3600' system
apc.mmap_file_mask null system
apc.preload_path null system
apc.serializer 'php' system
apc.shm_size '32M' system
apc.slam_defense '0' system
apc.ttl '0' system
apc.use_request_time '0' all

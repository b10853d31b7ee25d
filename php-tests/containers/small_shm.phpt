--TEST--
With the 64 MB of /dev/shm and the read-only root that a container has, the cache works, also where it was to be larger: then older entries make room sooner
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../support/containers.inc';
if (!has_containers()) die('skip making namespaces needs root');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/containers.inc';

// A mount namespace in which nothing but this /dev/shm can be written.
$mounts = 'mount -t tmpfs -o size=64m shm /dev/shm && mount --make-rprivate / && mount -o remount,ro,bind /';
$settings = ['trove.segment' => 'default', 'display_errors' => 1];
$fill = <<<'PHP'
    echo @file_put_contents('/tmp/trove-probe', '') === false && @file_put_contents(PHP_BINARY . '.x', '') === false ? 'read-only' : 'writable', ": ";
    $stored = 0;
    for ($i = 0; $i < 1500; $i++) $stored += @apcu_store("key$i", str_repeat('x', 100_000));
    $fetched = 0;
    for ($i = 0; $i < 1500; $i++) $fetched += is_string(apcu_fetch("key$i"));
    echo $stored === 1500 ? 'all stored' : 'some stored', ', ', $fetched > 200 ? 'many kept' : "$fetched kept", ', ', $fetched === 1500 ? '' : 'older ones evicted', "\n";
    PHP;
// One that fits, and one that is larger than the directory.
foreach (['32M', '256M'] as $memory) {
    echo Php::once($fill, ['trove.memory' => $memory] + $settings, in_container($mounts));
}
--EXPECT--
read-only: all stored, many kept, older ones evicted
read-only: all stored, many kept, older ones evicted

--TEST--
Where not even an empty segment fits, the cache is off with a message, and PHP works
--EXTENSIONS--
trove
--SKIPIF--
<?php
exec('unshare -m true 2>/dev/null', $output, $status);
if ($status !== 0) die('skip mounting a small tmpfs needs root');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory('/tmp');
$ini = ['trove.directory' => $directory, 'trove.segment' => 'full', 'trove.memory' => '64M', 'log_errors' => 1, 'error_log' => ''];
$output = Php::once(
    'var_dump(apcu_store("key", 1), apcu_fetch("key")); echo "alive\n";', $ini,
    "exec unshare -m sh -c 'mount -t tmpfs -o size=8k tmpfs $directory && exec \"\$@\"' sh",
);
echo str_contains($output, "alive\n") ? 'alive' : $output, ', ', str_contains($output, $directory) ? 'the message names the place' : $output, "\n";
--EXPECT--
alive, the message names the place

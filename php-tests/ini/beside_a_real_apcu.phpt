--TEST--
Beside a real APCu there is one clear warning, and APCu's functions are APCu's
--EXTENSIONS--
trove
--SKIPIF--
<?php
if (!is_file(getenv('TROVE_APCU') ?: ini_get('extension_dir') . '/apcu.so')) die('skip no real APCu on this machine');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
preg_match_all('/-d\s+"?(extension=[^"\s]+)/', getenv('TEST_PHP_EXTRA_ARGS'), $matches);
$trove = array_values(array_filter($matches[1], fn ($setting) => str_contains($setting, 'trove')))[0];
$apcu = 'extension=' . (getenv('TROVE_APCU') ?: 'apcu.so');
foreach (["-d $apcu -d $trove", "-d $trove -d $apcu"] as $order) {
    $output = shell_exec(escapeshellarg(PHP_BINARY) . " -n $order -d apc.enable_cli=1 -d display_startup_errors=1 -d html_errors=0 -r 'echo extension_loaded(\"trove\") ? \"trove\" : \"no trove\", apcu_store(\"k\", 5) ? apcu_fetch(\"k\") : \"\";' 2>&1");
    echo substr_count(strtolower($output), 'warning'), ' warning', preg_match('/warning.*apcu/i', $output) ? ' that names apcu' : '', ', ',
        substr($output, -6), "\n";
}
--EXPECT--
1 warning that names apcu, trove5
1 warning that names apcu, trove5

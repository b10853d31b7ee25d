--TEST--
Workers of php-fpm that are killed at any time leave the caches whole, nobody waiting, and no memory lost
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../support/storm.inc';
$fpm = new Fpm(workers: 4, ini: fpm_settings('8M') + ['display_errors' => '1', 'html_errors' => '0']);
$result = storm_of_kills($fpm, 150, random_int(0, 1 << 30));
echo $result['kills'], ' kills, ', $result['operations'] > 1_000 ? 'many operations' : "only $result[operations] operations", "\n";
echo $result['hung_ms'] < 100 && $result['slowest_ms'] < 30_000 ? 'nobody waited' : "somebody waited for $result[hung_ms] ms longer than processors were lacking, and $result[slowest_ms] ms in all", "\n";
echo $result['faults'] ? implode("\n", $result['faults']) : 'no faults', "\n";
echo preg_match('/signal (?!9\b)\d+|exited with code/', $fpm->log(), $match) ? "a worker died by itself: $match[0]" : 'nobody else died', "\n";
--EXPECT--
150 kills, many operations
nobody waited
no faults
nobody else died

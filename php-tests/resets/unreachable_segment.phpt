--TEST--
A worker that cannot attach serves requests that do not use the cache without a word, and logs why resets do not reach it
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
require __DIR__ . '/../support/deployment.inc';

$fpm = new Fpm(1, ['trove.directory' => '/nowhere', 'log_errors' => 1, 'error_log' => '{directory}/errors', 'display_errors' => 1]);
echo $fpm->get('<?php echo "nothing else\n";');
$fpm->get('<?php echo "nothing else\n";');
echo preg_match_all('/not reached by resets: .*trove\.directory/', file_get_contents("$fpm->directory/errors")), " line in the log\n";
echo preg_match('/Warning.*private memory/', $fpm->get('<?php apcu_fetch("x");')), " warning for a script that uses the cache\n";
--EXPECT--
nothing else
1 line in the log
1 warning for a script that uses the cache

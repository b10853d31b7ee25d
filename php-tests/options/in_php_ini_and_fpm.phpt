--TEST--
trove.caches works in php.ini, quoted or not, and as php_admin_value of a pool, which comes before the general setting
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
foreach (['trove.caches = pages ttl:60 quota:1M, other null:1', 'trove.caches = "pages ttl:61 , other"'] as $line) {
    file_put_contents("$directory/php.ini", "$line\n");
    // Without -n, so that the file counts.
    $command = escapeshellarg(PHP_BINARY) . " -c $directory/php.ini " . preg_replace('/(^|\s)-n(?=\s|$)/', ' ', getenv('TEST_PHP_EXTRA_ARGS'));
    echo shell_exec("PHP_INI_SCAN_DIR= $command -d trove.enable_cli=1 -r " . escapeshellarg('echo (new Trove\Cache("pages"))->configure()["ttl"], "\n";'));
}
$settings = ['trove.directory' => $directory, 'trove.memory' => '4M', 'trove.caches' => 'pages ttl:1'];
$fpm = new Fpm(1, $settings, pools: ['strict' => ['php_admin_value[trove.caches]' => '"pages ttl:2 null:on"']]);
$show = '<?php $options = (new Trove\Cache("pages"))->configure(["ttl" => 3]); echo $options["ttl"], " ", json_encode($options["null"]), "\n";';
echo $fpm->get($show), $fpm->get($show, [], 'strict'), $fpm->get($show);
?>
--EXPECT--
60
61
1 false
2 true
1 false

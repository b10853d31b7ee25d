--TEST--
A fetched string may name a stream wrapper or filter, which the engine forgets last of all
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
$fpm = new Fpm(workers: 2, ini: fpm_settings('2M'));
$support = '<?php require ' . var_export(__DIR__ . '/../support/churn.inc', true) . ';';
$fpm->get("$support churn(0);");
$enough = "$fpm->directory/enough";
$churning = $fpm->send("$support do { churn(1); clearstatcache(); } while (!file_exists('$enough')); echo 'well';");
$request = <<<'CODE'
    <?php
    class Wrapper { public $context; public function stream_open($path, $mode, $options, &$opened) { return true; } public function stream_read($n) { return ''; } public function stream_eof() { return true; } public function stream_stat() { return []; } }
    class Filter extends php_user_filter { public function filter($in, $out, &$consumed, bool $closing): int { return PSFS_PASS_ON; } }
    $name = 'name' . $_GET['n'];
    apcu_store("$name wrapper", "w$name");
    apcu_store("$name filter", "f$name");
    [$wrapper, $filter] = [apcu_fetch("$name wrapper"), apcu_fetch("$name filter")];
    if (!$wrapper || !$filter) {
        exit('well'); // evicted already
    }
    $done = [stream_wrapper_register($wrapper, 'Wrapper'), stream_wrapper_register("own$name", 'Wrapper'), fopen("$wrapper://x", 'r') !== false,
        stream_filter_register($filter, 'Filter'), stream_filter_register("own$name", 'Filter'), stream_filter_append(memory(), $filter) !== false];
    apcu_delete(["$name wrapper", "$name filter"]);
    function memory() { return fopen('php://memory', 'r'); }
    echo in_array(false, $done) ? json_encode($done) : 'well';
    CODE;
$answers = [];
for ($n = 0; $n < 500; $n++) {
    $answers[] = $fpm->get($request, ['n' => $n]);
}
echo implode(', ', array_unique($answers)), "\n";
touch($enough);
echo $churning->body(), "\n", preg_match('/signal/', $fpm->log()) ? $fpm->log() : 'all workers live', "\n";
--EXPECT--
well
well
all workers live

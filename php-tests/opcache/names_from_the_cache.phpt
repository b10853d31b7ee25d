--TEST--
Paths, class names and constants that were fetched leave nothing of the cache in opcache's memory
--DESCRIPTION--
Opcache keeps scripts and their names for all workers and all requests; a pointer into the cache among them would be followed after the memory was used for something else.
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$ini = [
    'opcache.enable' => 1, 'opcache.file_update_protection' => 0, 'opcache.jit_buffer_size' => '16M', 'opcache.jit_hot_func' => 2,
    'opcache.validate_timestamps' => 0, 'trove.zero_copy' => 'on',
];
foreach (['disable', 'tracing'] as $jit) {
    $fpm = new Fpm(workers: 2, ini: fpm_settings('4M') + $ini + ['opcache.jit' => $jit]);
    $directory = $fpm->directory;
    for ($n = 0; $n < 5; $n++) {
        file_put_contents(
            "$directory/class$n.inc",
            "<?php class Fetched$n { const LIST = ['of', 'class', $n]; public \$property = 'default $n'; public static function name(\$x = CONSTANT_$n) { static \$calls = 0; \$calls++; return __METHOD__ . __FILE__ . \$x; } } return __FILE__;",
        );
    }
    $fill = '<?php require ' . var_export(__DIR__ . '/../support/churn.inc', true) . "; churn(1); for (\$n = 0; \$n < 5; \$n++) {
        apcu_store(\"path \$n\", '$directory/class' . \$n . '.inc'); apcu_store(\"class \$n\", ['name' => \"Fetched\$n\", 'method' => 'name', 'constant' => \"CONSTANT_\$n\", 'value' => str_repeat(\"value \$n \", 20), 'pattern' => \"/value (?<number>\$n)/\"]); }";
    $use = '<?php ' . <<<'CODE'
        for ($n = 0, $right = 0; $n < 5; $n++) {
            $path = apcu_fetch("path $n");
            ['name' => $class, 'method' => $method, 'constant' => $constant, 'value' => $value, 'pattern' => $pattern] = apcu_fetch("class $n");
            define($constant, $value);
            $file = $n % 2 ? require $path : require_once $path;
            $object = new $class;
            $object->property .= $value;
            for ($i = 0; $i < 20; $i++) {
                $name = $class::$method();
                preg_match($pattern, $value, $match);
            }
            opcache_is_script_cached($path);
            $right += $file === $path && $name === "$class::$method$path$value" && $object->property === "default $n$value"
                && $class::LIST === ['of', 'class', $n] && $match['number'] === "$n";
        }
        echo $right;
        CODE;
    $answers = [];
    for ($round = 0; $round < 10; $round++) {
        $fpm->get($fill);
        foreach ($fpm->everywhere($use) as $answer) {
            $answers[$answer] = true;
        }
    }
    echo $jit, ': ', implode(' | ', array_keys($answers)), preg_match('/signal|exited/', $fpm->log()) ? $fpm->log() : '', "\n";
    $fpm->stop();
}
--EXPECT--
disable: 5
tracing: 5

--TEST--
Workers with opcache, with the JIT on and off, share values and compiled scripts
--EXTENSIONS--
apcu
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
foreach (['disable', 'tracing', '1205'] as $jit) {
    $fpm = new Fpm(
        workers: 2,
        ini: fpm_settings() + [
            'opcache.enable' => 1, 'opcache.jit' => $jit, 'opcache.jit_buffer_size' => '16M', 'opcache.jit_hot_func' => 2,
            'opcache.jit_hot_loop' => 2, 'opcache.file_update_protection' => 0,
        ],
    );
    $code = '<?php require ' . var_export(__DIR__ . '/../support/opcache_core.inc', true) . '; core();';
    for ($i = 0, $answers = []; $i < 5; $i++) {
        $answers += array_flip($fpm->everywhere($code));
    }
    echo $jit, ': ', implode(' | ', array_keys($answers));
    $fpm->stop();
}
--EXPECT--
disable: well
tracing: well
1205: well

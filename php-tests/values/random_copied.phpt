--TEST--
Random values come back whole where they are copied out of the segment, and with opcache and the JIT
--EXTENSIONS--
trove
opcache
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$code = sprintf('require %s; require %s; compare_random_values(700, %d);', var_export(__DIR__ . '/../support/values.inc', true), var_export(__DIR__ . '/../support/random_values.inc', true), random_int(0, 1 << 30));
$ini = ['apc.enable_cli' => 1, 'serialize_precision' => 17];
$opcache = ['opcache.enable_cli' => 1, 'opcache.protect_memory' => 1, 'opcache.file_update_protection' => 0];
foreach ([
    ['trove.zero_copy' => 'off'],
    $opcache,
    $opcache + ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '16M'],
    $opcache + ['opcache.jit' => 'function', 'opcache.jit_buffer_size' => '16M', 'trove.zero_copy' => 'off'],
] as $more) {
    echo Php::once($code, $ini + $more);
}
--EXPECT--
700 values
700 values
700 values
700 values

--TEST--
The copy-on-write tests give the same results under opcache with and without the JIT
--DESCRIPTION--
Compiled code has its own ways to append to strings and to write to arrays. Each test runs in a process of its own.
--EXTENSIONS--
apcu
opcache
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.jit_buffer_size=32M
opcache.file_update_protection=0
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
foreach (['disable', '1205', 'tracing'] as $jit) {
    foreach (glob(__DIR__ . '/../copy-on-write/*.phpt') as $test) {
        preg_match('/--FILE--\n(.*?)\n--EXPECT--\n(.*?)\s*$/s', file_get_contents($test), $sections);
        $copy = dirname($test) . '/' . basename($test, '.phpt') . '.jit.php';
        file_put_contents($copy, $sections[1]);
        $output = trim(shell_exec(Php::command(['apc.enable_cli' => 1, 'opcache.jit' => $jit, 'opcache.jit_hot_func' => 3, 'opcache.jit_hot_loop' => 3, 'memory_limit' => '512M']) . " -f $copy 2>&1"));
        unlink($copy);
        if ($output !== $sections[2]) {
            echo basename($test), " with opcache.jit=$jit:\n$output\n";
        }
    }
}
echo "done\n";
--EXPECT--
done
--CLEAN--
<?php
array_map(unlink(...), glob(__DIR__ . '/../copy-on-write/*.jit.php'));

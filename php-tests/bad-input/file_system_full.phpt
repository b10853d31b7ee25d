--TEST--
A file system that is full before the cache is ends its growth, with a message that names the place: older entries make room, and no process dies
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
$script = <<<'CODE'
    for ($i = 0; $i < 100; $i++) {
        $stored[] = apcu_store("small $i", "value $i");
    }
    for ($i = 0; $i < 400; $i++) {
        $large[] = apcu_store("large $i", str_repeat(chr(65 + $i % 26), 20_000));
    }
    $wrong = 0;
    for ($i = 0; $i < 400; $i++) {
        $value = apcu_fetch("large $i");
        $wrong += $value !== false && $value !== str_repeat(chr(65 + $i % 26), 20_000);
    }
    echo count(array_filter($stored)), " small ones and ", count(array_filter($large)), " large ones stored, $wrong wrong, ", apcu_store('last', 1) && apcu_fetch('last') === 1 ? 'usable' : 'not usable', "\n";
    apcu_clear_cache();
    echo apcu_store('again', range(1, 100)) ? "usable after a clear\n" : "not usable after a clear\n";
    CODE;
$ini = ['trove.directory' => $directory, 'trove.segment' => 'full', 'trove.memory' => '16M', 'log_errors' => 1, 'error_log' => ''];
$output = Php::once($script, $ini, "exec unshare -m sh -c 'mount -t tmpfs -o size=3M tmpfs $directory && exec \"\$@\"' sh");
echo preg_replace('/^.*Trove: .*\R/m', '', $output);
echo preg_match_all('/Trove: .*no space.*/i', $output, $match), ' message', "\n";
echo str_contains($match[0][0] ?? '', $directory) ? 'names the place' : $output, "\n";
--EXPECT--
100 small ones and 400 large ones stored, 0 wrong, usable
usable after a clear
1 message
names the place

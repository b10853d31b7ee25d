--TEST--
No increment of several processes is lost
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('n', 0);
$children = [];
for ($i = 0; $i < 4; $i++) {
    if (($children[] = pcntl_fork()) === 0) {
        for ($j = 0; $j < 5000; $j++) {
            apcu_inc('n', 2);
            apcu_dec('n');
            do {
                $old = apcu_fetch('n');
            } while (!apcu_cas('n', $old, $old + 1));
        }
        exit;
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
}
var_dump(apcu_fetch('n'));
--EXPECT--
int(40000)

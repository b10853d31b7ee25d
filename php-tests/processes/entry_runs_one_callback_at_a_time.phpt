--TEST--
Of several processes that ask for a missing key, one computes it and the others get its result
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('calls', 0);
$children = [];
for ($i = 0; $i < 5; $i++) {
    if (($children[] = pcntl_fork()) === 0) {
        $value = apcu_entry('key', function () {
            apcu_inc('calls');
            usleep(300_000);
            return 'computed';
        });
        exit($value === 'computed' ? 0 : 1);
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
    echo pcntl_wexitstatus($status);
}
echo ' ', apcu_fetch('calls'), "\n";
--EXPECT--
00000 1

--TEST--
Where the callback throws, the next process that waits computes
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
apcu_store('calls', 0);
$children = [];
for ($i = 0; $i < 4; $i++) {
    if (($children[] = pcntl_fork()) === 0) {
        try {
            echo apcu_entry('key', function () {
                $call = apcu_inc('calls');
                usleep(100_000);
                return $call < 3 ? throw new Exception("failed\n") : "computed\n";
            });
        } catch (Exception $e) {
            echo $e->getMessage();
        }
        exit;
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
}
echo apcu_fetch('calls'), "\n";
--EXPECT--
failed
failed
computed
computed
3

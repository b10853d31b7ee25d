--TEST--
Children that a script forks before it has used the cache share it all the same
--EXTENSIONS--
apcu
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
for ($i = 0; $i < 3; $i++) {
    if (pcntl_fork() === 0) {
        apcu_store("from child $i", [$i]);
        apcu_inc('count');
        exit;
    }
}
for ($i = 0; $i < 3; $i++) {
    pcntl_wait($status);
}
echo json_encode([apcu_fetch('count'), apcu_fetch('from child 2')]), "\n";
--EXPECT--
[3,[2]]

--TEST--
All settings but apc.use_request_time are fixed at start
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
foreach (array_keys(ini_get_all('apcu')) as $name) {
    $changed = ini_set($name, ini_get($name) ?: '1') !== false;
    if ($changed !== ($name === 'apc.use_request_time')) {
        echo "$name\n";
    }
}
echo "done\n";
--EXPECT--
done

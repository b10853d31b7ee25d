--TEST--
apc.preload_path fills the cache at start: a file key.data holds the serialized value of key
--EXTENSIONS--
apcu
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory('/tmp');
file_put_contents("$directory/number.data", serialize(123));
file_put_contents("$directory/array.data", serialize(['a' => [1, 'two']]));
file_put_contents("$directory/two.dots.data", serialize('dots'));
file_put_contents("$directory/damaged.data", 'a:1:{i:0;s:5:"x";}');
file_put_contents("$directory/other.txt", serialize('not a data file'));
echo Php::once('echo json_encode(apcu_fetch(["number", "array", "two", "two.dots", "damaged", "other"])), apcu_key_info("number")["ttl"];', ['apc.enable_cli' => 1, 'apc.preload_path' => $directory]),
    "\n";
--EXPECT--
{"number":123,"array":{"a":[1,"two"]},"two.dots":"dots"}0

--TEST--
trove.caches gives named caches their options, before what configure() says, in the processes that have the setting
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$shared = ['trove.directory' => own_directory(), 'trove.segment' => 'options', 'trove.memory' => '4M'];
$show = 'echo json_encode((new Trove\Cache("pages"))->configure($options ?? [])), "\n";';

echo Php::once($show, $shared + ['trove.caches' => 'pages ttl:60 stale:0.5 quota:64K compress:1K compress_level:19 pin:8K null:off, other null:on']);
echo "What the setting does not name is what was configured, and that is seen by those without the setting:\n";
$setting = ['trove.caches' => 'pages ttl:60'];
echo Php::once('$options = ["ttl" => 5, "stale" => 7];' . $show, $shared + $setting);
echo Php::once($show, $shared);
echo "A namespaced name:\n";
echo Php::once('echo (new Trove\Cache("App\\\\Cache::pages"))->configure()["ttl"], "\n";', $shared + ['trove.caches' => 'App\\Cache::pages ttl:3']);
?>
--EXPECT--
{"ttl":60,"stale":0.5,"quota":65536,"compress":1024,"compress_level":19,"pin":8192,"null":false}
What the setting does not name is what was configured, and that is seen by those without the setting:
{"ttl":60,"stale":7,"quota":0,"compress":0,"compress_level":3,"pin":1048576,"null":false}
{"ttl":5,"stale":7,"quota":0,"compress":0,"compress_level":3,"pin":1048576,"null":false}
A namespaced name:
3

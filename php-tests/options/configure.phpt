--TEST--
Trove\Cache::configure() sets options for everybody who opens the cache, and returns those that count
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
use Trove\Cache;

$cache = new Cache('pages');
echo json_encode($cache->configure()), "\n";
echo json_encode($cache->configure(['ttl' => 60, 'stale' => 1.5, 'quota' => '1M', 'compress' => 4096])), "\n";
echo "What is not named stays; null is the default.\n";
echo json_encode($cache->configure(['ttl' => null, 'compress_level' => 9, 'pin' => '64K', 'quota' => 0])), "\n";
echo "Another object, and another cache:\n";
echo json_encode((new Cache('pages'))->configure()), "\n";
echo json_encode((new Cache('other'))->configure()), "\n";
var_dump($cache->configure(['null' => true])['null'], $cache->configure(['null' => 'off'])['null']);
?>
--EXPECT--
{"ttl":0,"stale":0,"quota":0,"compress":0,"compress_level":3,"pin":1048576,"null":false}
{"ttl":60,"stale":1.5,"quota":1048576,"compress":4096,"compress_level":3,"pin":1048576,"null":false}
What is not named stays; null is the default.
{"ttl":0,"stale":1.5,"quota":0,"compress":4096,"compress_level":9,"pin":65536,"null":false}
Another object, and another cache:
{"ttl":0,"stale":1.5,"quota":0,"compress":4096,"compress_level":9,"pin":65536,"null":false}
{"ttl":0,"stale":0,"quota":0,"compress":0,"compress_level":3,"pin":1048576,"null":false}
bool(true)
bool(false)

--TEST--
UserCache\Cache is there only where trove.user_cache is on
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$show = 'foreach (["Cache", "CacheStatus", "CachePoolStatus", "CacheAvailability"] as $class) echo json_encode(class_exists("UserCache\\\\$class")), " ";';
echo Php::once($show), "\n", Php::once($show, ['trove.user_cache' => 1]), "\n";
echo trim(Php::once($show, ['trove.user_cache' => 'perhaps'])), "\n";
?>
--EXPECTF--
false false false false 
true true true true 
Warning: PHP Startup: trove.user_cache is "perhaps", allowed is 0 or 1, on or off; the value is ignored in %s
false false false false

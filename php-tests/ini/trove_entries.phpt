--TEST--
The trove.* settings have these defaults, and are fixed at start
--EXTENSIONS--
trove
--FILE--
<?php
foreach (ini_get_all('trove') as $name => ['global_value' => $value, 'access' => $access]) {
    echo $name, ' "', $value, '" ', $access === INI_SYSTEM ? 'system' : $access, "\n";
}
--EXPECT--
trove.apcu "1" system
trove.caches "" system
trove.directory "/dev/shm" system
trove.enable_cli "" system
trove.enabled "1" system
trove.group "" system
trove.memory "" system
trove.mode "0600" system
trove.restrict_api "" system
trove.segment "" system
trove.ttl "0" system
trove.user_cache "0" system
trove.zero_copy "auto" system

--TEST--
The array of keys may hold references
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store(['a' => 1, 'b' => 2]);
$keys = ['a', 'b'];
foreach ($keys as &$key) {
}
report('fetch', fn () => apcu_fetch($keys));
report('exists', fn () => apcu_exists($keys));
report('delete', fn () => apcu_delete($keys));
--EXPECT--
fetch -> ['a' => 1, 'b' => 2]
exists -> ['a' => true, 'b' => true]
delete -> []

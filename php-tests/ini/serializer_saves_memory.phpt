--TEST--
apc.serializer=igbinary stores more compactly than native storage
--EXTENSIONS--
trove
igbinary
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$code = 'apcu_store("key", array_map(fn ($i) => ["id" => $i, "name" => "row $i", "flag" => true], range(1, 300))); echo (new APCUIterator)->getTotalSize();';
$native = (int) Php::once($code, ['apc.enable_cli' => 1]);
$igbinary = (int) Php::once($code, ['apc.enable_cli' => 1, 'apc.serializer' => 'igbinary']);
$php = (int) Php::once($code, ['apc.enable_cli' => 1, 'apc.serializer' => 'php']);
var_dump($igbinary > 0 && $igbinary * 3 < $native, $php > 0 && $php < $native);
--EXPECT--
bool(true)
bool(true)

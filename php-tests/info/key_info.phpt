--TEST--
apcu_key_info() has seven ints about an entry
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', 'value', 100);
apcu_fetch('key');
apcu_fetch('key');
apcu_exists('key');
$info = apcu_key_info('key');
foreach ($info as $name => $value) {
    echo "$name ", get_debug_type($value), "\n";
}
echo text([$info['hits'], $info['deletion_time'], $info['ttl'], $info['refs']]), "\n";
echo text([$info['mtime'] === $info['creation_time'], $info['access_time'] >= $info['mtime']]), "\n";
report('missing', fn () => apcu_key_info('nowhere'));
report('int key', fn () => apcu_key_info(5));
report('null key', fn () => apcu_key_info(null));
report('array key', fn () => apcu_key_info([]));
report('an entry that has expired', fn () => [apcu_store('old', 1, -1), apcu_key_info('old')['ttl'], apcu_fetch('old')]);
--EXPECT--
hits int
access_time int
mtime int
creation_time int
deletion_time int
ttl int
refs int
[2, 0, 100, 0]
[true, true]
missing -> null
int key -> null
null key -> Deprecated: apcu_key_info(): Passing null to parameter #1 ($key) of type string is deprecated | null
array key -> TypeError: apcu_key_info(): Argument #1 ($key) must be of type string, array given
an entry that has expired -> [true, -1, false]

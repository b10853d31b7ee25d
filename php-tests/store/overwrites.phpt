--TEST--
apcu_store() replaces the value, whatever the two types
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$values = [1, 'text', ['a'], 2.5, null, new ArrayObject([1]), true, str_repeat('long', 5000), [], ''];
foreach ($values as $old) {
    foreach ($values as $new) {
        apcu_store('key', $old);
        if (!apcu_store('key', $new) || serialize(apcu_fetch('key')) !== serialize($new)) {
            echo text($old), ' was not replaced by ', text($new), "\n";
        }
    }
}
echo apcu_cache_info(true)['num_entries'], " entry\n";
--EXPECT--
1 entry

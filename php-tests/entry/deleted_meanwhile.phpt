--TEST--
What another process deletes while apcu_entry() computes it comes after the store, as with APCu; what the callback deletes comes before
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment();
$other = new Php;
$entry = function (callable $meanwhile) {
    apcu_clear_cache();
    return [apcu_entry('key', fn () => [$meanwhile(), 'computed'][1]), apcu_exists('key')];
};
report('nothing', fn () => $entry(fn () => null));
foreach (['apcu_delete("key");', 'apcu_delete(["key"]);', 'apcu_delete(new APCUIterator("/^k/"));', 'apcu_store("key", 1); apcu_delete("key");', 'apcu_clear_cache();'] as $deed) {
    report("another: $deed", fn () => $entry(fn () => $other->run($deed)));
    report("itself: $deed", fn () => $entry(fn () => eval($deed)));
}
report('another key', fn () => $entry(fn () => $other->run('apcu_delete("another");')));
$other->end();
--EXPECT--
nothing -> ['computed', true]
another: apcu_delete("key"); -> ['computed', false]
itself: apcu_delete("key"); -> ['computed', true]
another: apcu_delete(["key"]); -> ['computed', false]
itself: apcu_delete(["key"]); -> ['computed', true]
another: apcu_delete(new APCUIterator("/^k/")); -> ['computed', true]
itself: apcu_delete(new APCUIterator("/^k/")); -> ['computed', true]
another: apcu_store("key", 1); apcu_delete("key"); -> ['computed', false]
itself: apcu_store("key", 1); apcu_delete("key"); -> ['computed', true]
another: apcu_clear_cache(); -> ['computed', false]
itself: apcu_clear_cache(); -> ['computed', true]
another key -> ['computed', true]

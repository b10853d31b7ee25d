--TEST--
An entry is gone once its ttl has passed
--DESCRIPTION--
APCu counts whole seconds, so an entry may live up to one second longer than its ttl.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('short', 'value', 3);
apcu_store('long', 'value', 100);
apcu_store('ever', 'value');
apcu_add('added', 'value', 3);
apcu_inc('counter', 1, $ok, 3);
apcu_entry('computed', fn () => 'value', 3);
apcu_store(['bulk 1' => 1, 'bulk 2' => [2]], null, 3);
$keys = ['short', 'long', 'ever', 'added', 'counter', 'computed', 'bulk 1', 'bulk 2'];
report('at once', fn () => array_keys(apcu_fetch($keys)));
while (count(apcu_exists($keys)) > 2) {
    usleep(50_000);
}
report('later', fn () => array_keys(apcu_fetch($keys)));
report('exists', fn () => array_keys(apcu_exists($keys)));
report('iterator', function () {
    $found = array_keys(iterator_to_array(new APCUIterator(null, APC_ITER_NONE)));
    sort($found);
    return $found;
});
report('add over it', fn () => [apcu_add('short', 'new'), apcu_fetch('short')]);
report('entry over it', fn () => apcu_entry('computed', fn () => 'new'));
report('inc over it', fn () => apcu_inc('counter'));
--EXPECT--
at once -> ['short', 'long', 'ever', 'added', 'counter', 'computed', 'bulk 1', 'bulk 2']
later -> ['long', 'ever']
exists -> ['long', 'ever']
iterator -> ['ever', 'long']
add over it -> [true, 'new']
entry over it -> 'new'
inc over it -> 1

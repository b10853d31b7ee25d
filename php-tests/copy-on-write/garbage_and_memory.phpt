--TEST--
Fetched values take part in reference counting and garbage collection like literals do
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
foreach (arrays() + ['string' => str_repeat('text ', 100), 'object' => (object) ['list' => [1, [2]]]] as $name => $value) {
    apcu_store($name, $value);
    $original = serialize($value);
    for ($i = 0; $i < 50; $i++) {
        $a = $b = apcu_fetch($name);
        $cycle = new stdClass;
        $cycle->self = $cycle;
        $cycle->values = [$a, &$b, 'nested' => [$a, [$b]]];
        $cycle->again = $cycle->values;
        $cycle->again[] = apcu_fetch($name);
        unset($cycle);
        $list = array_fill(0, 100, $a);
        $copies = $list;
        unset($list[50]);
        $copies[] = $b;
        if ($i % 10 === 0) {
            gc_collect_cycles();
        }
    }
    gc_collect_cycles();
    if (serialize($a) !== $original || serialize($copies[3]) !== $original || serialize(apcu_fetch($name)) !== $original) {
        echo "$name has changed\n";
    }
    ob_start();
    dump_counts($a);
    ob_end_clean();
}
function dump_counts(mixed $value): void
{
    debug_zval_dump($value, [$value], (object) ['p' => $value]);
}
// Fetching and forgetting costs no memory that lasts: what is lost is lost each time. (Once, the request may begin to copy what it fetches.)
$grown = PHP_INT_MAX;
for ($i = 0; $i < 6 && $grown >= 1000; $i++) {
    $before = memory_get_usage();
    for ($j = 0; $j < 2000; $j++) {
        $array = apcu_fetch('large');
        $array[] = 'changed';
        $string = apcu_fetch('string');
        $string .= 'changed';
        $object = apcu_fetch('object');
        $object->list[] = 3;
    }
    unset($array, $string, $object);
    $grown = memory_get_usage() - $before;
}
var_dump($grown < 1000);
--EXPECT--
bool(true)

--TEST--
Values that are stored together are stored as they are, even if one of them makes the engine collect garbage whose destructor changes another one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
zend.enable_gc=1
--FILE--
<?php
error_reporting(E_ALL & ~E_DEPRECATED);
class Garbage
{
    private self $me;

    public function __construct(private stdClass $other)
    {
        $this->me = $this;
    }

    public function __destruct()
    {
        $this->other->data = array_fill(0, 10, str_repeat('long ', 12));
        $this->other->more = new stdClass();
    }
}
$storage = new SplObjectStorage();
$objects = [];
for ($i = 0; $i < 100; $i++) {
    $storage[$objects[] = new stdClass()] = $i;
}
$cache = new Trove\Cache('collected');
$kept = [];
// The collector runs when there are so many roots; those of the second value are among the last.
foreach ([0, 1, 5, 50, 99, 100] as $missing) {
    $first = new stdClass();
    $first->data = ['a' => 1, 'b' => new stdClass()];
    $pairs = ['first' => $first, 'second' => [$storage, str_repeat('x', 100)]];
    gc_collect_cycles();
    new Garbage($first);
    while (gc_status()['roots'] < 10000 - $missing) {
        $kept[] = $root = new stdClass();
        unset($root);
    }
    $before = print_r($first, true);
    $cache->storeMultiple($pairs) or print("$missing: not stored\n");
    $stored = print_r($cache->fetch('first'), true);
    if ($stored !== $before && $stored !== print_r($first, true)) {
        echo "$missing: $stored\n";
    }
    count($cache->fetch('second')[0]) === 100 or print("$missing: not the second\n");
    $kept = [];
}
echo "done\n";
?>
--EXPECT--
done

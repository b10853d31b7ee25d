--TEST--
The class may be extended
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Values extends APCUIterator
{
    public array $log = [];

    public function __construct(string $prefix)
    {
        parent::__construct("/^$prefix/", APC_ITER_VALUE, 1);
    }

    public function current(): mixed
    {
        $this->log[] = $this->key();
        return parent::current()['value'];
    }
}
apcu_store(['a1' => 'x', 'a2' => 'y', 'b' => 'z']);
$values = new Values('a');
$found = iterator_to_array($values);
ksort($found);
sort($values->log);
report('values', fn () => $found);
report('log', fn () => $values->log);
report('through iterators', fn () => iterator_count(new LimitIterator(new IteratorIterator(new Values('a')), 0, 1)));
report('delete', fn () => [apcu_delete(new Values('a')), apcu_exists(['a1', 'a2', 'b'])]);
--EXPECT--
values -> ['a1' => 'x', 'a2' => 'y']
log -> ['a1', 'a2']
through iterators -> 1
delete -> [true, ['b' => true]]

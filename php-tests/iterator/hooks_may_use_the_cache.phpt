--TEST--
An __unserialize() that uses the cache while values are iterated does no harm
--DESCRIPTION--
APCu up to 5.1.28 waits for ever here: it holds its lock.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Lookup
{
    public function __construct(public string $key)
    {
    }

    public function __serialize(): array
    {
        return [$this->key];
    }

    public function __unserialize(array $data): void
    {
        $this->key = apcu_fetch("target of $data[0]");
        apcu_store("seen $data[0]", true);
        apcu_delete("target of $data[0]");
    }
}
foreach (['a', 'b', 'c'] as $name) {
    apcu_store("target of $name", "found $name");
    apcu_store("object $name", new Lookup($name));
}
$found = [];
foreach (new APCUIterator('/^object/', APC_ITER_VALUE, 1) as $key => $item) {
    $found[] = $item['value']->key;
}
sort($found);
echo text($found), ' ', count(apcu_exists(['seen a', 'seen b', 'seen c', 'target of a'])), "\n";
--EXPECT--
['found a', 'found b', 'found c'] 3

--TEST--
A __serialize() that changes what is being stored does no harm
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
#[AllowDynamicProperties]
class Plain
{
    public mixed $property = 'as it was';
    public array $list = ['as', 'it', 'was'];
}
class Meddler
{
    public function __construct(private Closure $do)
    {
    }

    public function __serialize(): array
    {
        ($this->do)();
        return ['done'];
    }

    public function __unserialize(array $data): void
    {
    }
}
$plain = new Plain;
$array = ['first' => str_repeat('text', 50), 'plain' => $plain, 'meddler' => null, 'last' => range(1, 20), 'reference' => 'old'];
$reference = &$array['reference'];
$meddlings = [
    'property grows' => fn () => $plain->property = str_repeat('longer', 1000),
    'property shrinks' => fn () => $plain->property = null,
    'list grows' => fn () => $plain->list = range(1, 500),
    'properties are added' => function () use ($plain) {
        foreach (range(1, 100) as $i) {
            $plain->{"dynamic$i"} = "value $i";
        }
    },
    'properties are unset' => function () use ($plain) {
        unset($plain->property, $plain->list);
    },
    'reference is changed' => function () use (&$reference) {
        $reference = range(1, 300);
    },
    'reference becomes an object' => function () use (&$reference, $plain) {
        $reference = $plain;
    },
    'array is emptied' => function () use (&$array) {
        $array = [];
    },
    'key is stored' => fn () => apcu_store('key', 'stored by the hook'),
    'cache is cleared' => fn () => apcu_clear_cache(),
    'garbage is collected' => fn () => gc_collect_cycles(),
];
foreach ($meddlings as $name => $do) {
    foreach (['in front', 'behind'] as $place) {
        $copy = $array ?: ['emptied'];
        $meddler = new Meddler($do);
        $copy = $place === 'behind' ? $copy + ['m' => $meddler] : ['m' => $meddler] + $copy;
        $stored = apcu_store('key', $copy);
        $fetched = apcu_fetch('key');
        echo "$name, $place: ", $stored ? 'stored' : 'not stored', ', ',
            is_array($fetched) && $fetched['m'] instanceof Meddler ? 'fetched' : text($fetched), "\n";
    }
}
--EXPECT--
property grows, in front: stored, fetched
property grows, behind: stored, fetched
property shrinks, in front: stored, fetched
property shrinks, behind: stored, fetched
list grows, in front: stored, fetched
list grows, behind: stored, fetched
properties are added, in front: stored, fetched
properties are added, behind: stored, fetched
properties are unset, in front: stored, fetched
properties are unset, behind: stored, fetched
reference is changed, in front: stored, fetched
reference is changed, behind: stored, fetched
reference becomes an object, in front: stored, fetched
reference becomes an object, behind: stored, fetched
array is emptied, in front: stored, fetched
array is emptied, behind: stored, fetched
key is stored, in front: stored, fetched
key is stored, behind: stored, fetched
cache is cleared, in front: stored, fetched
cache is cleared, behind: stored, fetched
garbage is collected, in front: stored, fetched
garbage is collected, behind: stored, fetched

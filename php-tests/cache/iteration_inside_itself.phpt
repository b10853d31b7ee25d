--TEST--
A destructor or __unserialize() of a walk's own values may use that walk
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
class Destroyed
{
    public function __destruct()
    {
        global $walk;
        $walk?->valid();
        $walk?->next();
    }
}
class Woken
{
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void
    {
        global $walk;
        $walk?->next();
    }
}
foreach ([Destroyed::class, Woken::class] as $class) {
    $walk = null;
    $cache = new Trove\Cache($class);
    foreach (range(1, 9) as $i) {
        $cache->store("key $i", new $class);
    }
    $walk = $cache->getIterator();
    foreach ($walk as $key => $value) {
        unset($value);
    }
    echo $class, ': ', var_export($walk->valid(), true), "\n";
}
$walk = null;
?>
--EXPECT--
Destroyed: false
Woken: false

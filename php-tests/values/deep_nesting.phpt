--TEST--
Arrays in arrays and objects in objects may be nested a hundred thousand deep
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
memory_limit=512M
trove.memory=128M
--FILE--
<?php
class Link
{
    public ?Link $next = null;
    public array $more = [];
}
$array = $object = $both = null;
for ($i = 0; $i < 100_000; $i++) {
    $array = [$array];
    $next = new Link;
    $next->next = $object;
    $object = $next;
    $both = $i % 2 ? [$both] : (object) ['inner' => $both];
}
function depth(mixed $value): int
{
    for ($depth = 0; $value; $depth++) {
        $value = match (true) {
            is_array($value) => $value[0],
            $value instanceof Link => $value->next,
            default => $value->inner,
        };
    }
    return $depth;
}
foreach (['array' => $array, 'objects' => $object, 'both' => $both] as $name => $value) {
    var_dump(apcu_store($name, $value));
    $fetched = apcu_fetch($name);
    echo "$name: ", depth($fetched), "\n";
    while ($fetched) {      // from the outside in, so that the engine need not
        $fetched = is_array($fetched) ? $fetched[0] : ($fetched->next ?? $fetched->inner ?? null);
    }
}
unset($next, $value);
while ($object) {
    $object = $object->next;
}
while ($both) {
    $both = is_array($both) ? $both[0] : $both->inner;
}
while ($array) {
    $array = $array[0];
}
--EXPECT--
bool(true)
array: 100000
bool(true)
objects: 100000
bool(true)
both: 100000

--TEST--
References inside a value stay references, those that nobody shares become plain values
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
$pair = [1, 2];
$pair['again'] = &$pair[0];
$itself = ['x' => 1];
$itself['itself'] = &$itself;
$object = new stdClass;
$object->a = ['list'];
$object->b = &$object->a;
$shared = 'text';
$far = ['deep' => [&$shared], 'er' => (object) ['in' => [&$shared]]];
$to_object = [new stdClass];
$to_object[1] = &$to_object[0];
$alone = [1, 'text', [2, ['three']], new stdClass];
foreach ($alone as &$item) {
}
unset($item);
$rows = [['id' => 1, 'tags' => ['a']], ['id' => 2, 'tags' => ['b']]];
foreach ($rows as &$row) {
    $row['new'] = true;
    foreach ($row['tags'] as &$tag) {
        $tag .= '!';
    }
    unset($tag);
}
unset($row);
class Typed
{
    public int $a = 1;
    public ?int $b = 2;
}
$typed = new Typed;
$typed->b = &$typed->a;
$circle = (function () {
    $a = ['in' => null];
    $b = [$a];
    $a['in'] = &$b;
    $b = [$a];
    return $a;
})();
round_trips(['pair' => $pair, 'itself' => $itself, 'object' => $object, 'far' => $far, 'to an object' => $to_object, 'alone' => $alone, 'rows' => $rows, 'typed' => $typed]);
// serialize() itself ends in an endless recursion since PHP 8.3, which it notices.
$outcome = function (callable $copy) use ($circle): string {
    try {
        return serialize($copy($circle));
    } catch (Error $e) {
        return preg_replace('/\d+/', 'N', $e->getMessage());
    }
};
var_dump($outcome(fn ($value) => apcu_store('value', $value) ? apcu_fetch('value') : null) === $outcome(fn ($value) => unserialize(serialize($value))));
apcu_store('value', [$pair, $typed]);
[$pair, $typed] = apcu_fetch('value');
$pair[0] = 'changed';
$typed->a = 7;
var_dump($pair['again'], $typed->b);
try {
    $typed->b = null;
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
apcu_store('value', $rows);
$fetched = apcu_fetch('value');
$copy = $fetched;
$copy[0]['id'] = 'changed';
var_dump($fetched[0]['id']);
--EXPECT--
8 values
bool(true)
string(7) "changed"
int(7)
Cannot assign null to reference held by property Typed::$a of type int
int(1)

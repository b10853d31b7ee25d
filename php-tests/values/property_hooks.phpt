--TEST--
Property hooks are not called; lazy objects are initialized as serialize() does it
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80400) {
    die('skip property hooks came with PHP 8.4');
}
?>
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
// In a string: older versions cannot parse it.
eval(<<<'CODE'
    class Hooked
    {
        public string $backed = 'backed' { get => throw new Error('get'); set => throw new Error('set'); }
        public string $virtual { get => throw new Error('virtual'); }
        public private(set) array $list = ['x'];
        public ?Hooked $next = null;
    }
    class Simple
    {
        public int $a = 1;
        public array $b = ['b'];
        private readonly ?Simple $c;
    }
    CODE);
function text(mixed $value): string
{
    return serialize($value);
}
$hooked = new Hooked;
$hooked->next = new Hooked;
$class = new ReflectionClass('Simple');
$values = [
    'hooked' => $hooked, 'list' => [$hooked, [$hooked]],
    'ghost' => $class->newLazyGhost(function ($object) { $object->a = 2; }), 'proxy' => $class->newLazyProxy(fn () => new Simple), 'among others' => [1, $class->newLazyGhost(function ($object) { $object->b = []; }), new Simple],
];
foreach ($values as $name => $value) {
    $text = text($value);
    apcu_store('value', $value);
    if (text(apcu_fetch('value')) !== $text || text(unserialize($text)) !== $text) {
        echo "$name:\n  ", text(apcu_fetch('value')), "\nnot\n  $text\n";
    }
}
$ghost = $class->newLazyGhost(function ($object) { $object->a = 3; });
apcu_store('value', ['ghost' => $ghost]);
var_dump(apcu_fetch('value')['ghost']->a, $class->isUninitializedLazyObject($ghost));
--EXPECT--
int(3)
bool(false)

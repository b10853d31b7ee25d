--TEST--
remember() calls the callback for a key without a value, stores what it returns, and from then on returns that
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('pages');
$calls = 0;
$compute = function () use (&$calls) {
    return ['made' => ++$calls];
};
report('missing', fn () => $cache->remember('key', $compute));
report('there', fn () => $cache->remember('key', $compute));
report('stored', fn () => $cache->fetch('key'));
report('in this cache alone', fn () => (new Trove\Cache('others'))->remember('key', fn () => 'other'));

// Whatever is stored is a value.
foreach ([null, false, 0, ''] as $i => $value) {
    $cache->remember("value $i", fn () => $value);
    report(var_export($value, true), fn () => $cache->remember("value $i", fn () => 'computed again'));
}

// Anything that can be called is called.
final class Maker
{
    public static function fixed(Trove\Computation $computation): string
    {
        return __FUNCTION__ . ' ' . $computation->key();
    }
    public function __invoke(Trove\Computation $computation): string
    {
        return __FUNCTION__ . ' ' . $computation->key();
    }
    public function __call(string $name, array $arguments): string
    {
        return "$name " . $arguments[0]->key();
    }
    public function within(Trove\Cache $cache): string
    {
        return $cache->remember('private', [$this, 'hidden']);
    }
    private function hidden(Trove\Computation $computation): string
    {
        return __FUNCTION__ . ' ' . $computation->key();
    }
}
report('static', fn () => $cache->remember('static', 'Maker::fixed'));
report('object', fn () => $cache->remember('object', new Maker));
report('magic', fn () => $cache->remember('magic', [new Maker, 'made_up']));
report('private', fn () => (new Maker)->within($cache));
report('function', fn () => $cache->remember('function', 'get_debug_type'));

// What a callback returns by reference is a value.
$shared = ['a'];
$by_reference = $cache->remember('reference', function &() use (&$shared) {
    return $shared;
});
$by_reference[] = 'b';
report('by reference', fn () => [$shared, $cache->fetch('reference')]);
--EXPECT--
missing -> ['made' => 1]
there -> ['made' => 1]
stored -> ['made' => 1]
in this cache alone -> 'other'
NULL -> null
false -> false
0 -> 0
'' -> ''
static -> 'fixed static'
object -> '__invoke object'
magic -> 'made_up magic'
private -> 'hidden private'
function -> 'Trove\Computation'
by reference -> [['a'], ['a']]

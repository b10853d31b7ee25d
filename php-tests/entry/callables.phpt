--TEST--
The callback may be any callable; its references are dereferenced
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Maker
{
    public static function make(string $key): string
    {
        return "static $key";
    }

    public function build(string $key): string
    {
        return "method $key";
    }

    public function __invoke(string $key): string
    {
        return "invoked $key";
    }

    public function __call(string $name, array $arguments): string
    {
        return "magic $name $arguments[0]";
    }

    private function hidden(): void
    {
    }
}
function &by_reference(string $key): array
{
    static $value = ['kept'];
    return $value;
}
report('function', fn () => apcu_entry('ABC', 'strtolower'));
report('static method', fn () => apcu_entry('b', 'Maker::make'));
report('static array', fn () => apcu_entry('c', ['Maker', 'make']));
report('method', fn () => apcu_entry('d', [new Maker, 'build']));
report('invokable', fn () => apcu_entry('e', new Maker));
report('magic', fn () => apcu_entry('f', [new Maker, 'anything']));
report('first-class callable', fn () => apcu_entry('g', (new Maker)->build(...)));
report('by reference', function () {
    $first = apcu_entry('h', 'by_reference');
    $first[] = 'changed';
    return [by_reference('x'), apcu_fetch('h')];
});
report('no such function', fn () => apcu_entry('i', 'nosuch'));
report('no such method', fn () => apcu_entry('i', ['Maker', 'none']));
report('not callable', fn () => apcu_entry('i', 5));
report('null', fn () => apcu_entry('i', null));
report('too few arguments', fn () => apcu_entry('i', fn ($a, $b) => 1));
report('wrong type', fn () => apcu_entry('i', fn (int $a) => 1));
report('not stored', fn () => apcu_exists('i'));
--EXPECT--
function -> 'abc'
static method -> 'static b'
static array -> 'static c'
method -> 'method d'
invokable -> 'invoked e'
magic -> 'magic anything f'
first-class callable -> 'method g'
by reference -> [['kept'], ['kept']]
no such function -> TypeError: apcu_entry(): Argument #2 ($callback) must be a valid callback, function "nosuch" not found or invalid function name
no such method -> TypeError: apcu_entry(): Argument #2 ($callback) must be a valid callback, class Maker does not have a method "none"
not callable -> TypeError: apcu_entry(): Argument #2 ($callback) must be a valid callback, no array or string given
null -> TypeError: apcu_entry(): Argument #2 ($callback) must be a valid callback, no array or string given
too few arguments -> ArgumentCountError: Too few arguments to function {closure}(), 1 passed and exactly 2 expected
wrong type -> TypeError: {closure}(): Argument #1 ($a) must be of type int, string given
not stored -> false

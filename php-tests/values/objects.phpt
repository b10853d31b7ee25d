--TEST--
Objects come back with all their properties, whatever their visibility, and behave like any others
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Ancestor
{
    private string $name = 'of the ancestor';
    protected array $list = ['default'];
    public mixed $any = null;

    public function name(): string
    {
        return $this->name;
    }
}
class Heir extends Ancestor
{
    private string $name = 'of the heir';
    public int|float $number = 0;
    public float $float = 1.0;
    public ?self $heir = null;
    public readonly array $fixed;
    public string $uninitialized;
    public $unset = 'default';
    public static int $static = 1;
    public ?Countable $countable = null;

    public function __construct(array $fixed = ['fixed'], mixed ...$properties)
    {
        $this->fixed = $fixed;
        foreach ($properties as $name => $value) {
            $this->$name = $value;
        }
    }

    public function names(): array
    {
        return [parent::name(), $this->name];
    }
}
#[AllowDynamicProperties]
class Dynamic extends Heir
{
}
class Magic
{
    private array $data = ['a' => 1];

    public function __get(string $name): mixed
    {
        return $this->data[$name] ?? "no $name";
    }

    public function __set(string $name, mixed $value): void
    {
        throw new Error('__set() was called');
    }

    public function __clone()
    {
        throw new Error('__clone() was called');
    }

    public function __destruct()
    {
    }
}
final class Nothing
{
}
$unset = new Heir;
unset($unset->unset, $unset->any);
$dynamic = new Dynamic(['x'], name: 'n', any: new Nothing, extra: 'dynamic', more: ['a' => [1, 2]]);
$dynamic->{'7'} = 'a numeric name';
$dynamic->{'with space'} = null;
unset($dynamic->unset);
$standard = (object) ['a' => 1, 'b' => (object) [], '5' => 'five', '' => 'nameless', 'list' => [1, [2]]];
$values = [
    'default' => new Ancestor, 'heir' => new Heir, 'with values' => new Heir(['a' => ['b']], number: 1.5, any: [1, [2]], heir: new Heir([])), 'unset' => $unset,
    'dynamic' => $dynamic, 'dynamic, all set' => new Dynamic, 'stdClass' => $standard, 'magic' => new Magic, 'nothing' => new Nothing,
    'countable' => new Heir([], countable: new ArrayObject([1])), 'many' => array_map(fn ($i) => new Heir([$i], number: $i), range(1, 100)), 'mixed' => ['o' => new Nothing, 1, [new Nothing, 'x' => []], 'y' => ['plain']],
    'from JSON' => json_decode('{"a":{"b":[1,{"c":null}]},"5":[],"a b":"c"}'),
];
$values['cast'] = (array) $dynamic;
round_trips($values);

apcu_store('value', $values['with values']);
$fetched = apcu_fetch('value');
echo implode(', ', $fetched->names()), "\n";
try {
    $fetched->fixed = [];
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
try {
    $fetched->number = 'text';
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    $fetched->uninitialized;
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
$fetched->uninitialized = 'set';
$fetched->unset = [&$fetched->number];
$fetched->number++;
var_dump($fetched->unset[0], apcu_fetch('value')->number, $fetched == apcu_fetch('value'), apcu_fetch('value') == $values['with values']);
--EXPECT--
14 values
of the ancestor, of the heir
Cannot modify readonly property Heir::$fixed
Cannot assign string to property Heir::$number of type int|float
Typed property Heir::$uninitialized must not be accessed before initialization
float(2.5)
float(1.5)
bool(false)
bool(true)

--TEST--
An object may let go of itself in its __serialize(): it is stored as it is
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
class Fleeting
{
    public array $data = [];

    public function __construct(private string $name) {}

    public function __serialize(): array
    {
        $GLOBALS['object'] = null;
        for ($i = 0; $i < 200; $i++) {
            $GLOBALS['memory'][] = str_repeat('x', 24 + $i % 100); // what was freed is used again
        }
        return $this->returned();
    }

    public function __unserialize(array $data): void
    {
        $this->data = $data;
    }

    public function __destruct()
    {
        $GLOBALS['freed']++;
    }

    protected function returned(): array
    {
        return ['name' => $this->name, 'list' => [1, 2]];
    }
}
class Nested extends Fleeting
{
    protected function returned(): array
    {
        return ['object' => new ArrayObject([1]), 'plain' => (object) ['x' => 1]];
    }
}
class Text extends Fleeting
{
    protected function returned(): array
    {
        return ['me' => $this, 'inner' => new Inner];
    }
}
class Inner
{
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void {}
}
class Thrown extends Fleeting
{
    protected function returned(): array
    {
        throw new Exception('thrown');
    }
}
$memory = [];
foreach ([Fleeting::class, Nested::class, Text::class, Thrown::class] as $class) {
    $freed = 0;
    $object = new $class('name');
    $pairs = ['key' => &$object];
    try {
        $result = json_encode(apcu_store($pairs));
    } catch (Exception $e) {
        $result = $e->getMessage();
    }
    unset($e);
    echo "$class: $result $freed freed";
    $memory = [];
    $fetched = apcu_fetch('key');
    echo $fetched ? ', ' . get_class($fetched) . ' ' . implode(' ', array_keys($fetched->data)) : '', "\n";
    unset($fetched, $pairs);
}
?>
--EXPECT--
Fleeting: [] 1 freed, Fleeting name list
Nested: [] 1 freed, Nested object plain
Text: [] 1 freed, Text me inner
Thrown: thrown 1 freed, Text me inner

--TEST--
__wakeup() is called as unserialize() calls it, however often a request fetches the value
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$log = [];

class Wakes
{
    public ?object $inner = null;
    public array $more = [];

    public function __construct(public string $name, ?object $inner = null, array $more = [])
    {
        [$this->inner, $this->more] = [$inner, $more];
    }

    public function __wakeup(): void
    {
        global $log;
        $log[] = "$this->name wakes, inside: " . ($this->inner->name ?? 'nothing') . ', ' . count($this->more);
        if (str_starts_with($this->name, 'throws')) {
            throw new RuntimeException($this->name);
        }
        if (str_starts_with($this->name, 'drops')) {
            $this->inner = null;
            $this->more = [];
        }
        if (str_starts_with($this->name, 'fetches')) {
            $log[] = 'fetched ' . apcu_fetch('plain')->name;
        }
        $this->name .= '!';
    }

    public function __destruct()
    {
        global $log;
        $log[] = "$this->name goes";
    }
}

class Plain
{
    public function __construct(public string $name, public mixed $inner = null)
    {
    }
}

class Typed
{
    public Wakes $must;
    public Wakes|int $wakes;
    public $rest;
}

/** What happens while $make makes a value and lets it go. */
function happens(Closure $make): array
{
    global $log;
    $log = [];
    try {
        $made = $make();
        $log[] = serialize($made);
        $made = null;
    } catch (Throwable $thrown) {
        $log[] = get_class($thrown) . ': ' . $thrown->getMessage();
        unset($thrown);
    }
    gc_collect_cycles();
    return $log;
}

apcu_store('plain', new Plain('p'));
$shared = new Wakes('shared');
$typed = new Typed;
[$typed->must, $typed->wakes, $typed->rest] = [new Wakes('must'), $shared, [$shared, new Wakes('last')]];
$circle = new Wakes('circle');
$circle->inner = $circle;
$values = [
    'one' => new Wakes('one'),
    'nested' => new Wakes('outer', new Wakes('middle', new Wakes('inner')), [new Wakes('a'), 'key' => new Plain('p', new Wakes('b'))]),
    'list' => array_map(fn ($i) => new Wakes("w$i"), range(1, 20)),
    'map' => ['x' => new Wakes('x'), 'y' => [new Wakes('y')]],
    'shared' => [$shared, new Plain('holds', $shared), $shared],
    'circle' => $circle,
    'typed' => $typed,
    'throws first' => [new Wakes('throws'), new Wakes('after'), new Plain('p', new Wakes('after too'))],
    'throws last' => new Wakes('throws, outer', new Wakes('before')),
    'throws in a circle' => (function () {
        $one = new Wakes('throws, circle');
        $one->inner = new Wakes('in it', $one);
        return $one;
    })(),
    'drops' => [new Wakes('drops', $late = new Wakes('dropped'), [$late])],
    'drops before' => (function () {
        $outer = new Wakes('outer');
        $outer->inner = new Wakes('drops', $outer);
        return [$outer, 1];
    })(),
    'fetches' => [new Wakes('fetches'), new Wakes('fetches too')],
    'dynamic' => (object) ['w' => new Wakes('in stdClass')],
];
foreach ($values as $key => $value) {
    $text = serialize($value);
    $expected = happens(fn () => unserialize($text));
    apcu_store($key, $value);
    for ($i = 1; $i <= 4; $i++) {
        $found = happens(fn () => apcu_fetch($key));
        if ($found !== $expected) {
            echo "$key, fetch $i\n", json_encode($expected), "\n", json_encode($found), "\n";
        }
    }
}
echo 'calls: ', json_encode(happens(fn () => apcu_fetch('throws last'))), "\n";

$values = $shared = $typed = $circle = $value = $late = null;
$log = [];
echo "done\n";
?>
--EXPECT--
calls: ["before wakes, inside: nothing, 0","throws, outer wakes, inside: before!, 0","before! goes","RuntimeException: throws, outer"]
done

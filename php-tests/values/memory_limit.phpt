--TEST--
PHP's memory limit may end a store or a fetch anywhere: the cache stays whole, and nothing is lost
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$code = <<<'CODE'
    class Entity { public $id; protected $name; public $list; public ?Entity $parent; public function __construct($i, $parent) { [$this->id, $this->name, $this->list, $this->parent] = [$i, "name $i", ['a', "b$i", [$i, 'deep' => "x$i"]], $parent]; } }
    class Hooked { public function __construct(public $data) {} public function __serialize(): array { return [$this->data, str_repeat('x', 100)]; } public function __unserialize(array $data): void { $this->data = $data[0]; } }
    $parent = null;
    for ($i = 0; $i < 400; $i++) {
        $values['entities']["k$i"] = $parent = new Entity($i, $i % 10 ? $parent : null);
        $values['standard'][] = (object) ['a' => $i, 'b' => "text $i", 'c' => [$i => "y$i"]];
        $values['hooked'][] = new ArrayObject([new DateTimeImmutable("2024-01-01 +$i days"), [$i, "text $i"]]);
        $values['rows'][] = $values['more'][] = ['id' => $i, 'text' => "text $i", 'more' => [1, 2, "m$i"]];
    }
    $values['one'] = new Hooked($values['hooked']);
    $values['date'] = $values['hooked'][0][0];
    foreach ($values as $key => $value) {
        apcu_store($key, $value);
    }
    $texts = array_map(fn ($key) => md5(serialize(apcu_fetch($key))), array_combine(array_keys($values), array_keys($values)));
    register_shutdown_function(function () use ($texts) {
        ini_set('memory_limit', -1);
        foreach ($texts as $key => $text) {
            if (md5(serialize(apcu_fetch($key))) !== $text) {
                echo "$key is lost\n";
            }
        }
        apcu_store('after', 'the end');
        echo apcu_fetch('after');
    });
    $rows = $values['rows'];
    unset($values, $value, $parent);
    ini_set('memory_limit', memory_get_usage(true) + LIMIT);
    for ($i = 0; ; $i++) {
        foreach (['entities', 'standard', 'hooked', 'rows'] as $key) {
            $kept[] = $fetched = apcu_fetch($key);
            $fetched[] = $i;
            $kept[] = $fetched;
        }
        $kept[] = apcu_fetch('date');
        apcu_store('stored', [$fetched, $rows, $kept[0]]);
        apcu_store('stored', $kept[] = apcu_fetch('one'));
    }
    CODE;
$endings = [];
foreach (['auto', 'off'] as $zero_copy) {
    for ($limit = 2 << 20; $limit < 12 << 20; $limit += 3_234_567) {
        $output = Php::once(str_replace('LIMIT', $limit, $code), ['apc.enable_cli' => 1, 'trove.zero_copy' => $zero_copy, 'display_errors' => 1, 'html_errors' => 0]);
        $ending = preg_match('/^\s*(?:PHP )?Fatal error: +Allowed memory size of \d+ bytes exhausted.*\s(the end)$/s', $output, $match) ? $match[1] : $output;
        $endings[$ending] = ($endings[$ending] ?? 0) + 1;
    }
}
var_dump($endings);
--EXPECT--
array(1) {
  ["the end"]=>
  int(8)
}

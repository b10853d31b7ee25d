--TEST--
Hooks and autoloaders that run during a fetch may overwrite, delete and evict what is being fetched
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M', 'error_log' => '/dev/null']);
$code = 'require ' . var_export(__DIR__ . '/../support/processes.inc', true) . '; require ' . var_export(__DIR__ . '/../support/churn.inc', true) . ';' . <<<'CODE'
    class Meddler
    {
        public function __construct(public ?string $do = null)
        {
        }

        public function __serialize(): array
        {
            return [$this->do];
        }

        public function __unserialize(array $data): void
        {
            [$this->do] = $data;
            meddle($this->do);
        }
    }
    class Waker
    {
        public string $do = '';

        public function __wakeup(): void
        {
            meddle($this->do);
        }
    }
    function meddle(?string $do): void
    {
        global $churner;
        match ($do) {
            'delete' => apcu_delete('key'),
            'overwrite' => apcu_store('key', ['new']),
            'clear' => apcu_clear_cache(),
            'fetch' => apcu_fetch('value 3'),
            null, '' => null,
        };
        $churner->run('churn(1);');
    }
    $churner = churner();
    spl_autoload_register(function (string $class) {
        meddle('overwrite');
        eval("class $class { public \$list; public \$text; }");
    });
    $wrong = [];
    foreach (['delete', 'overwrite', 'clear', 'fetch'] as $do) {
        $waker = new Waker;
        $waker->do = $do;
        $values = [
            'hook in front' => [new Meddler($do), value(1), value(2)],
            'hook behind' => [value(1), value(2), new Meddler($do)],
            'wakeup' => [value(1), $waker, value(2), 'last' => str_repeat('last', 100)],
            'among objects' => [(object) ['a' => value(1)], new Meddler($do), (object) ['b' => value(2)]],
        ];
        foreach ($values as $name => $value) {
            $expected = array_values(array_filter($value, fn ($part) => !$part instanceof Meddler && !$part instanceof Waker));
            apcu_store('key', $value);
            $fetched = apcu_fetch('key');
            $actual = is_array($fetched) ? array_values(array_filter($fetched, fn ($part) => !$part instanceof Meddler && !$part instanceof Waker)) : $fetched;
            if (serialize($actual) !== serialize($expected)) {
                $wrong[] = "$name, $do";
            }
            apcu_store('key', $value);
            foreach (new APCUIterator('/^key$/', APC_ITER_VALUE) as $item) {
                $actual = array_values(array_filter($item['value'], fn ($part) => !$part instanceof Meddler && !$part instanceof Waker));
                if (serialize($actual) !== serialize($expected)) {
                    $wrong[] = "$name, $do, in an iterator";
                }
            }
        }
    }
    for ($i = 0; $i < 5; $i++) {
        $churner->run("eval('class Unknown$i { public \$list; public \$text; }'); \$o = new Unknown$i; \$o->list = value($i); \$o->text = str_repeat('text', 50); apcu_store('key', [\$o, value(4)]);");
        $fetched = apcu_fetch('key');
        if (!intact($fetched[0]->list) || $fetched[0]->text !== str_repeat('text', 50) || !intact($fetched[1])) {
            $wrong[] = "autoload $i";
        }
    }
    echo $wrong ? implode("\n", $wrong) : 'well', "\n";
    CODE;
foreach (['auto', 'on', 'off'] as $setting) {
    $reader = new Php(['trove.zero_copy' => $setting]);
    echo $setting, ': ', $reader->run($code), $reader->end();
}
--EXPECT--
auto: well
on: well
off: well

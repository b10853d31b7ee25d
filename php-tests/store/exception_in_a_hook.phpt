--TEST--
An exception in __sleep(), __serialize() or serialize() leaves apcu_store() and nothing is stored
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
class Sleeper
{
    public function __sleep(): array
    {
        throw new LogicException('__sleep failed');
    }
}
class Serializer
{
    public function __serialize(): array
    {
        throw new LogicException('__serialize failed');
    }
}
class Caller
{
    public function __serialize(): array
    {
        apcu_store('inner', 'stored by the hook');
        return ['inner' => apcu_fetch('inner')];
    }

    public function __unserialize(array $data): void
    {
        $this->inner = $data['inner'] . ', ' . apcu_fetch('inner');
    }

    public string $inner = '';
}
apcu_store('key', 'old');
report('__sleep', fn () => apcu_store('key', new Sleeper));
report('__serialize', fn () => apcu_store('key', [new Serializer]));
report('old value', fn () => apcu_fetch('key'));
report('bulk', fn () => apcu_store(['before' => 1, 'key' => new Sleeper, 'after' => 2]));
report('earlier keys stay', fn () => apcu_fetch(['before', 'key']));
report('entry', fn () => apcu_entry('entry', fn () => new Sleeper));
report('no entry', fn () => apcu_exists('entry'));
report('a hook may use the cache', fn () => [apcu_store('key', new Caller), apcu_fetch('key')]);
--EXPECT--
__sleep -> LogicException: __sleep failed
__serialize -> LogicException: __serialize failed
old value -> 'old'
bulk -> LogicException: __sleep failed
earlier keys stay -> ['before' => 1, 'key' => 'old']
entry -> LogicException: __sleep failed
no entry -> false
a hook may use the cache -> [true, Caller ['inner' => 'stored by the hook, stored by the hook']]

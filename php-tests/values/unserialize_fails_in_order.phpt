--TEST--
Where a stored value cannot be made again, the notice comes before the hooks that were put off, as in unserialize()
--EXTENSIONS--
trove
pcntl
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Delayed
{
    public function __serialize(): array
    {
        return [1];
    }

    public function __unserialize(array $data): void
    {
        trigger_error('put off');
    }
}
if (($child = pcntl_fork()) === 0) {
    eval('enum Gone { case A; }');
    $value = [new Delayed, [new Delayed], Gone::A];
    apcu_store(['value' => $value, 'text' => serialize($value)]);
    exit;
}
pcntl_waitpid($child, $status);
eval('enum Gone { case B; }');
echo $fetched = outcome(fn () => apcu_fetch('value')), "\n";
var_dump($fetched === outcome(fn () => unserialize(apcu_fetch('text'))));
--EXPECT--
false
  Undefined constant Gone::A
  Error at offset
  put off
  put off
bool(true)

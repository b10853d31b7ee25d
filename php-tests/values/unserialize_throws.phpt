--TEST--
An exception in __unserialize(), __wakeup() or unserialize() leaves apcu_fetch(), and the entry stays
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
class Throwing
{
    public static bool $throw = false;
    public $data = 'data';

    public function __serialize(): array
    {
        return ['data' => $this->data];
    }

    public function __unserialize(array $data): void
    {
        if (self::$throw) {
            throw new DomainException('from __unserialize()');
        }
        $this->data = $data['data'];
    }

    public function __destruct()
    {
        if (self::$throw) {
            echo "destructed\n";
        }
    }
}
class Waking
{
    public $list = ['list'];
    public $inner = null;

    public function __wakeup(): void
    {
        if (Throwing::$throw) {
            throw new DomainException('from __wakeup()');
        }
    }

    public function __destruct()
    {
        if (Throwing::$throw) {
            echo "destructed\n";
        }
    }
}
$waking = new Waking;
$waking->inner = new Waking;
$values = [new Throwing, [1, new Throwing, new Throwing], [[new Waking], 'x' => new stdClass], $waking];
foreach ($values as $value) {
    apcu_store('value', $value);
    Throwing::$throw = true;
    echo outcome(fn () => apcu_fetch('value')), "\n", outcome(fn () => unserialize(serialize($value))), "\n";
    echo outcome(fn () => apcu_fetch(['value'])), "\n";
    Throwing::$throw = false;
    var_dump(apcu_fetch('value') == $value);
}
--EXPECT--
thrown
  DomainException: from __unserialize()
thrown
  DomainException: from __unserialize()
thrown
  DomainException: from __unserialize()
bool(true)
thrown
  DomainException: from __unserialize()
thrown
  DomainException: from __unserialize()
thrown
  DomainException: from __unserialize()
bool(true)
thrown
  DomainException: from __wakeup()
thrown
  DomainException: from __wakeup()
thrown
  DomainException: from __wakeup()
bool(true)
thrown
  DomainException: from __wakeup()
thrown
  DomainException: from __wakeup()
thrown
  DomainException: from __wakeup()
bool(true)

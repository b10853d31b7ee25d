--TEST--
A value with a circle that is given up, as one of its objects throws, is the garbage collector's: nothing stays until the end of the request
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
class Circle
{
    public $itself;
    public $inner;
    public $reference;
}
class Throwing
{
    public static bool $throw = false;
    public function __unserialize(array $data): void
    {
        self::$throw && throw new Exception;
    }
}
class Waking
{
    public function __wakeup(): void
    {
        Throwing::$throw && throw new Exception;
    }
}
function fetch(callable $fetch): int
{
    gc_collect_cycles();
    Throwing::$throw = true;
    try {
        $fetch();
        echo "nothing was thrown\n";
    } catch (Exception) {
    }
    Throwing::$throw = false;
    return gc_collect_cycles();
}
foreach ([Throwing::class, Waking::class] as $class) {
    $circle = new Circle;
    $circle->itself = $circle;
    $circle->inner = new $class;
    apcu_store('circle', $circle);
    $text = serialize($circle);
    $collected = fetch(fn () => apcu_fetch('circle'));
    echo $class, ': ', $collected > 0 && $collected === fetch(fn () => unserialize($text)) ? 'well' : $collected, "\n";
    $circle->reference = &$circle->inner;
    apcu_store('circle', $circle);
    $text = serialize($circle);
    $collected = fetch(fn () => apcu_fetch('circle'));
    echo $class, ', by serialize(): ', $collected > 0 && $collected === fetch(fn () => unserialize($text)) ? 'well' : $collected, "\n";
}
--EXPECT--
Throwing: well
Throwing, by serialize(): well
Waking: well
Waking, by serialize(): well

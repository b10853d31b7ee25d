--TEST--
Whatever apc.serializer says, values come back the same
--EXTENSIONS--
apcu
igbinary
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$code = <<<'CODE'
    enum Suit { case Hearts; }
    class P { public $a = 1; protected $b = ["x"]; private $c; public ?P $p = null; }
    $p = new P;
    $p->p = new P;
    $shared = new P;
    $reference = ["r"];
    $values = [
        1, -1.5, "text", "", [], ["a" => [1, ["b" => null]]], $p, [$shared, $shared], [&$reference, &$reference], Suit::Hearts,
        new ArrayObject([1, 2]), new DateTime("2020-01-01 UTC"), range(1, 500),
    ];
    foreach ($values as $i => $value) {
        apcu_store("key", $value);
        if (serialize(apcu_fetch("key")) !== serialize($value)) {
            echo "value $i differs\n";
        }
    }
    echo count($values), " values\n";
    CODE;
foreach (['php', 'default', 'igbinary', 'nosuch'] as $serializer) {
    echo $serializer, ': ', Php::once($code, ['apc.enable_cli' => 1, 'apc.serializer' => $serializer]);
}
--EXPECT--
php: 13 values
default: 13 values
igbinary: 13 values
nosuch: 13 values

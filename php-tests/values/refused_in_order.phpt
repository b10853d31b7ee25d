--TEST--
Of several values that do not agree with their properties' types, the one is named that is complete first, each time that it is fetched
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
(new Php)->run(<<<'CODE'
    class Outer { public $first; public $second; public function __destruct() { echo "destructed\n"; } }
    class Inner { public $value; public $list; }
    $inner = new Inner;
    $inner->value = new Inner;
    $outer = new Outer;
    [$outer->first, $outer->second] = [$inner, [new stdClass]];
    apcu_store(['outer' => $outer, 'text' => serialize($outer)]);
    CODE);
class Outer { public ?Other $first; public ?Other $second; public function __destruct() { echo "destructed\n"; } }
class Inner { public ?Other $value = null; public $list; }
$attempt = function (callable $make) {
    try {
        $make();
    } catch (TypeError $error) {
        echo $error->getMessage(), "\n";
    }
};
echo "unserialize():\n";
$attempt(fn () => unserialize(apcu_fetch('text')));
for ($time = 1; $time <= 4; $time++) {
    echo "fetch $time:\n";
    $attempt(fn () => apcu_fetch('outer'));
}
?>
--EXPECT--
unserialize():
destructed
Cannot assign Inner to property Inner::$value of type ?Other
fetch 1:
destructed
Cannot assign Inner to property Inner::$value of type ?Other
fetch 2:
destructed
Cannot assign Inner to property Inner::$value of type ?Other
fetch 3:
destructed
Cannot assign Inner to property Inner::$value of type ?Other
fetch 4:
destructed
Cannot assign Inner to property Inner::$value of type ?Other

--TEST--
An object that a property's type refuses is destructed once, and as a whole, each time that it is fetched
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
(new Php)->run(<<<'CODE'
    class Outer { public $part; }
    class Part { public $inner; }
    $outer = new Outer;
    $outer->part = new Part;
    $outer->part->inner = new Part;
    apcu_store('outer', $outer);
    CODE);
class Outer { public ?Other $part; }
class Part { public $inner; public function __destruct() { echo get_debug_type($this->inner), "\n"; } }
for ($time = 1; $time <= 3; $time++) {
    try {
        apcu_fetch('outer');
    } catch (TypeError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
Part
null
Cannot assign Part to property Outer::$part of type ?Other
Part
null
Cannot assign Part to property Outer::$part of type ?Other
Part
null
Cannot assign Part to property Outer::$part of type ?Other

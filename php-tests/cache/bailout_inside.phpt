--TEST--
exit, a fatal error or the memory limit inside of a value's code leaves nothing behind
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['trove.memory' => '4M', 'display_errors' => 0]);
$c = new Trove\Cache('test');
$c->store('old', 'old', tags: ['t']);
$class = 'class Ends {
    public function __serialize(): array { if ($GLOBALS["how"] === "exit") exit; if ($GLOBALS["how"] === "memory") str_repeat("x", 1 << 40); else undefined_function(); return []; }
}
$c = new Trove\Cache("test");
$values = array_fill_keys(range(1, 50), str_repeat("x", 1000)) + ["ends" => new Ends] + ["after" => [1]];';
foreach (['exit', 'memory', 'error'] as $how) {
    foreach (['$c->store("old", new Ends, tags: ["t"]);', '$c->storeMultiple($values, tags: ["t"]);', '$c->compareAndSwap("old", "old", new Ends);'] as $code) {
        for ($i = 0; $i < 5; $i++) {
            Php::once("\$how = '$how'; $class $code", ['memory_limit' => '64M']);
        }
        echo $how, ': ', $c->fetch('old'), ' ', count($c), ' ', implode(',', $c->keysByTag('t')), "\n";
    }
}
?>
--EXPECT--
exit: old 1 old
exit: old 1 old
exit: old 1 old
memory: old 1 old
memory: old 1 old
memory: old 1 old
error: old 1 old
error: old 1 old
error: old 1 old

--TEST--
A walk sees what is there throughout exactly once, while other processes write
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$c = new Trove\Cache('test');
for ($i = 0; $i < 3000; $i++) {
    $c->store("stays $i", $i);
}
$writers = [new Php(), new Php()];
foreach ($writers as $n => $writer) {
    $writer->send('$c = new Trove\Cache("test"); $c->store("running ' . $n . '", 1);
        for ($i = 0; !$c->has("stop"); $i++) {
            $c->store("comes " . $i % 500, $i, tags: ["t"]);
            $c->store("stays " . $i % 3000, $i % 3000);
            $c->delete("comes " . ($i + 250) % 500);
            $i % 100 || $c->invalidateTags(["t"]);
        }');
}
while (!$c->has('running 0') || !$c->has('running 1')) {
    usleep(1000);
}
$wrong = 0;
for ($turn = 0; $turn < 10; $turn++) {
    $seen = [];
    foreach ($c as $key => $value) {
        if (str_starts_with($key, 'stays')) {
            $seen[$key] = ($seen[$key] ?? 0) + 1;
            $wrong += $value !== (int) substr($key, 6);
        }
    }
    $wrong += count($seen) !== 3000 || array_sum($seen) !== 3000;
}
var_dump($wrong);
$c->store('stop', true);
foreach ($writers as $writer) {
    echo $writer->receive(), $writer->end();
}
?>
--EXPECT--
int(0)

--TEST--
Nothing is lost where processes increment, compare and swap the same keys
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$c = new Trove\Cache('test');
$c->store('list', []);
$workers = [new Php(), new Php(), new Php()];
foreach ($workers as $n => $worker) {
    $worker->send('$c = new Trove\Cache("test");
        $swapped = $missed = 0;
        for ($i = 0; $i < 2000; $i++) {
            $c->increment("n", 3);
            $c->decrement("n");
            do {
                $sum = $c->fetch("sum", 0);
                $done = $sum === 0 && $c->add("sum", 1) || $c->compareAndSwap("sum", $sum, $sum + 1);
            } while (!$done);
            $i % 50 || $swapped += $c->compareAndSwap("mixed", $m = $c->fetch("mixed"), is_int($m) ? [$m] : ($m[0] ?? 0) + 1) ? 1 : 0;
            try {
                $c->increment("mixed", 1_000_000);
                $missed++;
            } catch (TypeError) {
            }
        }
        for ($i = 0; $i < 100; $i++) {
            do {
                $list = $c->fetch("list");
            } while (!$c->compareAndSwap("list", $list, [...$list, "' . $n . ' $i"]));
        }
        echo json_encode([$missed]);');
}
$added = 0;
foreach ($workers as $worker) {
    $added += json_decode($worker->receive())[0];
    echo $worker->end();
}
$list = $c->fetch('list');
$mixed = $c->fetch('mixed');
$mixed = is_array($mixed) ? $mixed[0] : $mixed;
var_dump($c->fetch('n'), $c->fetch('sum'), count($list), count(array_unique($list)), intdiv($mixed, 1_000_000) === $added);
?>
--EXPECT--
int(12000)
int(6000)
int(300)
int(300)
bool(true)

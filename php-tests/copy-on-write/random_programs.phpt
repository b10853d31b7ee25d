--TEST--
Random sequences of operations do to a fetched value what they do to a fresh one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
error_reporting(E_ALL & ~E_DEPRECATED); // incrementing text is deprecated since PHP 8.3
// Each step changes one of three variables, which may share values. Whatever is drawn, all must end alike.
$steps = [
    function (array &$v, int $i, int $j) { $v[$i] = $v[$j]; },
    function (array &$v, int $i, int $j) { $v[$i] = &$v[$j]; },
    function (array &$v, int $i, int $j) { $copy = $v[$i]; unset($v[$i]); $v[$i] = $copy; },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && $v[$i][] = $j; },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && $v[$i]['in'] = $v[$j]; },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && array_pop($v[$i]); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && array_shift($v[$i]); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && array_unshift($v[$i], "s$j"); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && array_splice($v[$i], $j, 1, ['spliced']); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && krsort($v[$i], SORT_STRING); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && usort($v[$i], fn ($a, $b) => serialize($a) <=> serialize($b)); },
    function (array &$v, int $i, int $j) { if (is_array($v[$i])) { foreach ($v[$i] as &$item) { is_string($item) ? $item .= $j : (is_int($item) ? $item++ : null); } } },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && is_array($v[$j]) && $v[$i] += $v[$j]; },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && is_array($v[$j]) && $v[$i] = array_slice(array_merge($v[$j], $v[$i]), 0, 50); },
    function (array &$v, int $i, int $j) { if (is_array($v[$i]) && $v[$i]) { $k = array_key_first($v[$i]); unset($v[$i][$k]); } },
    function (array &$v, int $i, int $j) { if (is_array($v[$i])) { foreach ($v[$i] as $k => $item) { if (is_array($item)) { $v[$i][$k][] = $j; $v[$i][$k]['t'] = 'deep'; } } } },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && $v[$i] = array_filter($v[$i], fn ($x) => $x !== null); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && $v[$i] = array_map(fn ($x) => $x, $v[$i]); },
    function (array &$v, int $i, int $j) { is_array($v[$i]) && next($v[$i]) && $v[$i] = [...array_values($v[$i]), current($v[$i])]; },
    function (array &$v, int $i, int $j) { is_string($v[$i]) && $v[$i] .= "t$j"; },
    function (array &$v, int $i, int $j) { is_string($v[$i]) && $v[$i] !== '' && $v[$i][0] = 'Z'; },
    function (array &$v, int $i, int $j) { is_string($v[$i]) && $v[$i] = strtoupper(trim($v[$i])); },
    function (array &$v, int $i, int $j) { is_string($v[$i]) && $v[$i]++; },
    function (array &$v, int $i, int $j) { is_string($v[$i]) && $v[$i] = [$v[$i] => $v[$j]]; },
];
$values = array_values(arrays() + strings());
foreach ($values as $n => $value) {
    apcu_store("value $n", $value);
}
$run = function (int $seed, callable $get) use ($steps, $values): string {
    mt_srand($seed);
    $count = count($values) - 1;
    $variables = [$get(mt_rand(0, $count)), $get(mt_rand(0, $count)), $get(mt_rand(0, $count))];
    for ($n = 0; $n < 15; $n++) {
        $step = mt_rand(0, count($steps) - 1);
        $i = mt_rand(0, 2);
        $j = mt_rand(0, 2);
        if (strlen(serialize($variables)) > 100_000) {
            break;
        }
        $steps[$step]($variables, $i, $j);
    }
    return serialize($variables);
};
for ($seed = 0; $seed < 1500; $seed++) {
    $expected = $run($seed, fn (int $n) => unserialize(serialize($values[$n])));
    $actual = $run($seed, fn (int $n) => apcu_fetch("value $n"));
    if ($actual !== $expected) {
        echo "seed $seed\n  fresh:   $expected\n  fetched: $actual\n";
        break;
    }
}
foreach ($values as $n => $value) {
    if (serialize(apcu_fetch("value $n")) !== serialize($value)) {
        echo "value $n has changed\n";
    }
}
echo "done\n";
--EXPECT--
done

--TEST--
Functions that read an array read a fetched one like any other, and what they return may be changed
--DESCRIPTION--
Many of them return their argument, or its elements, where nothing is to be done: so the results are changed afterwards.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
/** Changes all that a function returned, in place. */
function spoil(mixed &$value): void
{
    if (is_array($value)) {
        foreach ($value as &$item) {
            spoil($item);
        }
        unset($item);
        $value[] = 'spoiled';
        array_shift($value);
    } elseif (is_string($value)) {
        $value .= '!';
        $value[0] = '#';
    } elseif (is_int($value)) {
        $value++;
    }
}
$calls = [
    'array_change_key_case' => fn ($a) => array_change_key_case($a, CASE_UPPER), 'array_chunk' => fn ($a) => array_chunk($a, 2, true),
    'array_column' => fn ($a) => array_column($a, 'name', 'id'),
    'array_combine' => fn ($a) => array_combine(array_keys($a), $a),
    'array_count_values' => fn ($a) => array_count_values($a),
    'array_diff' => fn ($a) => array_diff(array_map('serialize', $a), ['s:3:"fig";']),
    'array_diff_key' => fn ($a) => array_diff_key($a, ['one' => 1, 0 => 1]),
    'array_diff_assoc' => fn ($a) => array_diff_assoc($a, $a),
    'array_udiff' => fn ($a) => array_udiff($a, ['x'], fn ($x, $y) => serialize($x) <=> serialize($y)),
    'array_diff_ukey' => fn ($a) => array_diff_ukey($a, [], fn ($x, $y) => $x <=> $y),
    'array_fill_keys' => fn ($a) => array_fill_keys(array_keys($a), $a),
    'array_filter' => fn ($a) => array_filter($a),
    'array_filter keys' => fn ($a) => array_filter($a, fn ($k) => $k !== 'one', ARRAY_FILTER_USE_KEY), 'array_flip' => fn ($a) => array_flip($a),
    'array_intersect_key' => fn ($a) => array_intersect_key($a, $a),
    'array_intersect' => fn ($a) => array_intersect($a, ['fig', 'apple']),
    'array_uintersect' => fn ($a) => array_uintersect($a, $a, fn ($x, $y) => serialize($x) <=> serialize($y)),
    'array_is_list' => fn ($a) => array_is_list($a),
    'array_key_exists' => fn ($a) => array_key_exists('one', $a),
    'array_key_first' => fn ($a) => [array_key_first($a), array_key_last($a)],
    'array_keys' => fn ($a) => array_keys($a),
    'array_keys search' => fn ($a) => array_keys($a, 'apple'),
    'array_map' => fn ($a) => array_map(fn ($x) => $x, $a),
    'array_map keyed' => fn ($a) => array_map(fn ($x, $y) => [$x, $y], $a, array_keys($a)),
    'array_merge' => fn ($a) => array_merge($a),
    'array_merge two' => fn ($a) => array_merge($a, $a),
    'array_merge with empty' => fn ($a) => array_merge([], $a),
    'array_merge_recursive' => fn ($a) => array_merge_recursive($a, $a),
    'array_pad' => fn ($a) => array_pad($a, 0, 'x'),
    'array_pad longer' => fn ($a) => array_pad($a, -20, 'x'),
    'array_product' => fn ($a) => array_product($a),
    'array_rand' => fn ($a) => array_key_exists(array_rand($a), $a),
    'array_rand two' => fn ($a) => count(array_intersect_key($a, array_flip(array_rand($a, 2)))),
    'array_reduce' => fn ($a) => array_reduce($a, fn ($c, $i) => $c . serialize($i), ''),
    'array_replace' => fn ($a) => array_replace($a, [1 => 'x']),
    'array_replace none' => fn ($a) => array_replace($a),
    'array_replace_recursive' => fn ($a) => array_replace_recursive($a, [['id' => 'new']]),
    'array_reverse' => fn ($a) => array_reverse($a),
    'array_reverse keys' => fn ($a) => array_reverse($a, true),
    'array_search' => fn ($a) => array_search('fig', $a),
    'array_slice all' => fn ($a) => array_slice($a, 0),
    'array_slice' => fn ($a) => array_slice($a, 1, 2, true),
    'array_sum' => fn ($a) => array_sum($a),
    'array_unique' => fn ($a) => array_unique($a, SORT_REGULAR),
    'array_values' => fn ($a) => array_values($a),
    'count' => fn ($a) => [count($a), count($a, COUNT_RECURSIVE)],
    'in_array' => fn ($a) => in_array('9', $a),
    'compact' => fn ($a) => compact('a'),
    'implode' => fn ($a) => implode(',', $a),
    'min and max' => fn ($a) => [min($a), max($a)],
    'min of two' => fn ($a) => min($a, $a),
    'range of its size' => fn ($a) => range(0, count($a)),
    'iterator_to_array' => fn ($a) => iterator_to_array(new ArrayIterator($a)),
    'var_export' => fn ($a) => var_export($a, true),
    'print_r' => fn ($a) => print_r($a, true),
    'var_dump' => fn ($a) => var_dump($a),
    'serialize' => fn ($a) => serialize($a),
    'unserialize' => fn ($a) => unserialize(serialize($a)),
    'json_encode' => fn ($a) => json_encode($a),
    'json round trip' => fn ($a) => json_decode(json_encode($a), true),
    'http_build_query' => fn ($a) => http_build_query($a),
    'vsprintf' => fn ($a) => vsprintf('%s %s', $a),
    'strtr' => fn ($a) => strtr('one two fig', array_filter($a, is_string(...))),
    'str_replace subjects' => fn ($a) => str_replace('nothing there', 'x', array_filter($a, is_string(...))),
    'str_replace searches' => fn ($a) => str_replace(array_filter($a, is_string(...)), array_filter($a, is_string(...)), 'apple fig'),
    'substr_replace' => fn ($a) => substr_replace(array_filter($a, is_string(...)), '-', 0, 1),
    'preg_grep' => fn ($a) => preg_grep('/a/', array_filter($a, is_string(...))),
    'preg_replace subjects' => fn ($a) => preg_replace('/nothing there/', 'x', array_filter($a, is_string(...))),
    'preg_filter' => fn ($a) => preg_filter('/a/', 'A', array_filter($a, is_string(...))),
    'preg_quote' => fn ($a) => array_map('preg_quote', array_filter($a, is_string(...))),
    'filter_var' => fn ($a) => filter_var($a, FILTER_DEFAULT, FILTER_REQUIRE_ARRAY),
    'filter_var_array' => fn ($a) => filter_var_array($a, FILTER_DEFAULT),
    'call_user_func_array' => fn ($a) => call_user_func_array(fn (...$x) => $x, $a),
    'call_user_func' => fn ($a) => call_user_func(fn ($x) => $x, $a),
    'func_get_args' => fn ($a) => (fn () => func_get_args())($a),
    'hash' => fn ($a) => hash('sha256', serialize($a)),
    'get_debug_type' => fn ($a) => get_debug_type($a),
    'is_iterable' => fn ($a) => [is_iterable($a), is_countable($a), is_callable($a)],
    'compare' => fn ($a) => [$a == $a, $a === $a, $a <=> [], $a == ['x'], $a + ['extra' => 1]],
    'array_walk copy' => fn ($a) => array_walk($a, fn () => 1),
    'array_multisort copy' => fn ($a) => [...$a],
    'str_word_count' => fn ($a) => array_map('strlen', array_map('serialize', $a)),
    'array_flip keys' => fn ($a) => array_flip(array_keys($a)),
];
// Its output tells where a value lives, so only that there is one is compared.
$calls['debug_zval_dump'] = function ($a) {
    ob_start();
    debug_zval_dump($a);
    return ob_get_clean() !== '';
};
$operations = [];
foreach ($calls as $name => $call) {
    $operations[$name] = function (array $array) use ($call) {
        $result = $call($array);
        $before = serialize($result);
        spoil($result);
        return [$before, $result, $array];
    };
}
compare($operations, arrays());
--EXPECT--
84 operations on 9 values

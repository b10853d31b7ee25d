--TEST--
The callback may use the cache, other entries and its own key
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
report('nested', fn () => apcu_entry('a', fn ($a) => $a . apcu_entry('b', fn ($b) => $b . apcu_entry('c', fn ($c) => $c))));
report('all stored', fn () => apcu_fetch(['a', 'b', 'c']));
report('own key', fn () => apcu_entry('self', function ($key) {
    return [apcu_exists($key), apcu_store($key, 'by the callback'), apcu_fetch($key)];
}));
report('add semantics: what the callback stored stays', fn () => apcu_fetch('self'));
report('recursion', fn () => apcu_entry('again', fn ($key) => 'outer of ' . apcu_entry($key, fn () => 'inner')));
report('the inner one was stored first', fn () => apcu_fetch('again'));
report('clear', fn () => apcu_entry('cleared', fn () => apcu_clear_cache() ? 'cleared' : ''));
report('stored after the clear', fn () => apcu_fetch(['a', 'cleared']));
report('counter', fn () => apcu_entry('counted', fn () => apcu_inc('n') + apcu_inc('n')));
report('fibonacci', function () {
    $fibonacci = function (string $key) use (&$fibonacci) {
        $n = (int) substr($key, 4);
        return $n < 2 ? $n : apcu_entry('fib-' . ($n - 1), $fibonacci) + apcu_entry('fib-' . ($n - 2), $fibonacci);
    };
    return apcu_entry('fib-40', $fibonacci);
});
--EXPECT--
nested -> 'abc'
all stored -> ['a' => 'abc', 'b' => 'bc', 'c' => 'c']
own key -> [false, true, 'by the callback']
add semantics: what the callback stored stays -> 'by the callback'
recursion -> 'outer of inner'
the inner one was stored first -> 'inner'
clear -> 'cleared'
stored after the clear -> ['cleared' => 'cleared']
counter -> 3
fibonacci -> 102334155

--TEST--
A value that is larger than the memory is refused; all else stays, the old value too
--DESCRIPTION--
APCu before 5.1.28 wiped the cache in this case.
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=2M
error_log=/dev/null
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$huge = str_repeat('huge', 1 << 20);
for ($i = 0; $i < 100; $i++) {
    apcu_store("key$i", "value $i");
}
apcu_store('old', 'old value');
report('store', fn () => apcu_store('old', $huge));
report('add', fn () => apcu_add('new', [$huge]));
report('entry', fn () => strlen(apcu_entry('new', fn () => $huge)));
report('bulk', fn () => apcu_store(['small' => 1, 'old' => $huge, 'other' => 2]));
report('object', fn () => apcu_store('old', (object) ['p' => $huge]));
report('array of many', fn () => apcu_store('old', range(1, 500_000)));
report('key', fn () => apcu_store($huge, 1));
report('old value', fn () => apcu_fetch('old'));
report('stored between', fn () => apcu_fetch(['small', 'other']));
report('others', fn () => count(apcu_exists(array_map(fn ($i) => "key$i", range(0, 99)))));
$info = apcu_cache_info(true);
report('expunges', fn () => $info['expunges']);
report('half of the memory', fn () => apcu_store('half', str_repeat('x', 1 << 20)));
--EXPECT--
store -> false
add -> false
entry -> 4194304
bulk -> ['old' => -1]
object -> false
array of many -> false
key -> false
old value -> 'old value'
stored between -> ['small' => 1, 'other' => 2]
others -> 100
expunges -> 0
half of the memory -> true

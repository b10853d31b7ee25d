--TEST--
apc.ttl does not hide an entry: it only may be reclaimed
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
apc.ttl=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('soft', 'value');
apcu_store('hard', 'value', 100);
usleep(2_200_000);
report('after apc.ttl', fn () => apcu_fetch(['soft', 'hard']));
report('add over it', fn () => apcu_add('soft', 'new'));
report('iterator', fn () => (new APCUIterator('/soft/'))->getTotalCount());
report('info', fn () => apcu_cache_info(true)['ttl']);
--EXPECT--
after apc.ttl -> ['soft' => 'value', 'hard' => 'value']
add over it -> false
iterator -> 1
info -> 1

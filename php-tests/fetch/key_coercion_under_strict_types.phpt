--TEST--
strict_types changes nothing for the untyped keys of apcu_fetch() and apcu_exists()
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/../support/report.inc';
apcu_store('5', 'five');
report('fetch', fn () => apcu_fetch(5));
report('exists', fn () => apcu_exists(5));
--EXPECT--
fetch -> 'five'
exists -> true

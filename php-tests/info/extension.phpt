--TEST--
The module apcu answers, with a version of the 5.1 line
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
echo text([extension_loaded('apcu'), extension_loaded('APCu')]), "\n";
echo text([version_compare(phpversion('apcu'), '5.1.22', '>='), str_starts_with(phpversion('apcu'), '5.')]), "\n";
echo count(get_extension_funcs('apcu')), " functions\n";
--EXPECT--
[true, true]
[true, true]
14 functions

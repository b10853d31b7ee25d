--TEST--
trove.apcu=0 leaves out the module apcu, its functions, class and settings
--EXTENSIONS--
trove
--INI--
trove.apcu=0
trove.enable_cli=1
--FILE--
<?php
var_dump(
    extension_loaded('trove'), extension_loaded('apcu'), function_exists('apcu_fetch'), class_exists('APCUIterator', false), ini_get('apc.enabled'),
    defined('APC_ITER_ALL'),
);
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

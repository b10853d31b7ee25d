--TEST--
Fetched values behave under opcache without the JIT as without opcache
--EXTENSIONS--
apcu
opcache
--INI--
apc.enable_cli=1
opcache.enable=1
opcache.enable_cli=1
opcache.jit=disable
opcache.optimization_level=0x7FFEBFFF
opcache.file_update_protection=0
--FILE--
<?php
require __DIR__ . '/../support/opcache_core.inc';
core();
--EXPECT--
well

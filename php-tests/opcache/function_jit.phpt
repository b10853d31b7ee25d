--TEST--
Fetched values behave under the function JIT, with every function compiled, as without it
--EXTENSIONS--
apcu
opcache
--INI--
apc.enable_cli=1
opcache.enable=1
opcache.enable_cli=1
opcache.jit=1205
opcache.jit_buffer_size=32M
opcache.file_update_protection=0
--FILE--
<?php
require __DIR__ . '/../support/opcache_core.inc';
core();
--EXPECT--
well

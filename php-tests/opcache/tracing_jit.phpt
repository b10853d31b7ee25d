--TEST--
Fetched values behave under the tracing JIT as without it
--EXTENSIONS--
apcu
opcache
--INI--
apc.enable_cli=1
opcache.enable=1
opcache.enable_cli=1
opcache.jit=tracing
opcache.jit_buffer_size=32M
opcache.jit_hot_loop=2
opcache.jit_hot_func=2
opcache.jit_hot_return=2
opcache.jit_hot_side_exit=2
opcache.file_update_protection=0
--FILE--
<?php
require __DIR__ . '/../support/opcache_core.inc';
core();
--EXPECT--
well

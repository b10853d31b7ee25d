--TEST--
A disabled cache has no constant for serializers
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=0
--FILE--
<?php
var_dump(defined("\0apc_register_serializer-0"));
--EXPECT--
bool(false)

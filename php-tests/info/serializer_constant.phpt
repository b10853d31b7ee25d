--TEST--
The constant that serializers look up is there
--DESCRIPTION--
igbinary and others register with APCu through the address in this constant, at their own start.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
var_dump(is_int(constant("\0apc_register_serializer-0")));
--EXPECT--
bool(true)

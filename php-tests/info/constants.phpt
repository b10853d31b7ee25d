--TEST--
The constants have APCu's values
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
foreach (get_defined_constants(true)['apcu'] as $name => $value) {
    if ($name[0] !== "\0") {
        echo "$name = $value\n";
    }
}
--EXPECT--
APC_LIST_ACTIVE = 1
APC_LIST_DELETED = 2
APC_ITER_TYPE = 1
APC_ITER_KEY = 2
APC_ITER_VALUE = 4
APC_ITER_NUM_HITS = 8
APC_ITER_MTIME = 16
APC_ITER_CTIME = 32
APC_ITER_DTIME = 64
APC_ITER_ATIME = 128
APC_ITER_REFCOUNT = 256
APC_ITER_MEM_SIZE = 512
APC_ITER_TTL = 1024
APC_ITER_NONE = 0
APC_ITER_ALL = 4294967295

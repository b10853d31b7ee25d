--TEST--
An item holds what the format asks for, in APCu's order and types
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
apcu_store('key', ['v'], 100);
apcu_fetch('key');
foreach (new APCUIterator(null) as $key => $item) {
    echo $key, "\n";
    foreach ($item as $name => $value) {
        echo "$name ", get_debug_type($value), "\n";
    }
    echo text([$item['type'], $item['key'], $item['value'], $item['num_hits'], $item['deletion_time'], $item['ref_count'], $item['ttl']]), "\n";
}
$formats = [
    'NONE' => APC_ITER_NONE, 'TYPE' => APC_ITER_TYPE, 'KEY' => APC_ITER_KEY, 'VALUE' => APC_ITER_VALUE, 'NUM_HITS' => APC_ITER_NUM_HITS,
    'MTIME' => APC_ITER_MTIME,
    'CTIME' => APC_ITER_CTIME, 'DTIME' => APC_ITER_DTIME, 'ATIME' => APC_ITER_ATIME, 'REFCOUNT' => APC_ITER_REFCOUNT, 'MEM_SIZE' => APC_ITER_MEM_SIZE,
    'TTL' => APC_ITER_TTL,
    'KEY | TTL' => APC_ITER_TTL | APC_ITER_KEY, 'unknown bit' => 1 << 20, 'negative' => -1,
];
foreach ($formats as $name => $format) {
    $iterator = new APCUIterator(null, $format);
    echo $name, ' ', $iterator->key(), ' ', implode(' ', array_keys($iterator->current())), "\n";
}
--EXPECT--
key
type string
key string
value array
num_hits int
mtime int
creation_time int
deletion_time int
access_time int
ref_count int
mem_size int
ttl int
['user', 'key', ['v'], 1, 0, 0, 100]
NONE key 
TYPE key type
KEY key key
VALUE key value
NUM_HITS key num_hits
MTIME key mtime
CTIME key creation_time
DTIME key deletion_time
ATIME key access_time
REFCOUNT key ref_count
MEM_SIZE key mem_size
TTL key ttl
KEY | TTL key key ttl
unknown bit key 
negative key type key value num_hits mtime creation_time deletion_time access_time ref_count mem_size ttl

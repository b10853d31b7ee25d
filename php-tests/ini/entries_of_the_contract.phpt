--TEST--
The apc.* settings that differ between versions are those of APCu 5.1.28
--EXTENSIONS--
apcu
--SKIPIF--
<?php
if (version_compare(phpversion('apcu'), '5.1.28', '<')) die('skip the settings are those of APCu 5.1.28');
--FILE--
<?php
var_dump(ini_get('apc.shm_segments'), ini_get('apc.entries_hint'), ini_get('apc.mmap_hugepage_size'), ini_get('apc.smart'), ini_get('apc.expunge_threshold'));
--EXPECT--
bool(false)
string(1) "0"
string(1) "0"
string(1) "0"
bool(false)

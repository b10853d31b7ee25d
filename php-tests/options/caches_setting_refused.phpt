--TEST--
A bad trove.caches is a warning at start that names the setting, the value and what is allowed; PHP starts without it
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
foreach (['pages ttl:soon', 'pages ttl', 'pages size:5', 'ttl:5', 'a ttl:1, a ttl:2', 'a quota:1T', 'a compress_level:20', 'a null:2'] as $value) {
    $output = Php::once('echo json_encode(ini_get("trove.caches"));', ['trove.caches' => $value]);
    echo preg_replace('/\s+/', ' ', trim($output)), "\n";
}
?>
--EXPECT--
Warning: PHP Startup: trove.caches is "pages ttl:soon", allowed is a number of seconds, 0 or more, as "ttl" of "pages", not "soon"; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "pages ttl", allowed is NAME OPTION:VALUE ..., with commas between caches, not "ttl" without a colon; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "pages size:5", allowed is one of the options ttl, stale, quota, compress, compress_level, pin and null, not "size" of "pages"; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "ttl:5", allowed is NAME OPTION:VALUE ..., with commas between caches, not "ttl:5" without a name before; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "a ttl:1, a ttl:2", allowed is each cache once, not "a" twice; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "a quota:1T", allowed is a number of bytes, or one with K, M or G, as "quota" of "a", not "1T"; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "a compress_level:20", allowed is a level from 1 to 19, as "compress_level" of "a", not "20"; the value is ignored in Unknown on line 0 ""
Warning: PHP Startup: trove.caches is "a null:2", allowed is 0 or 1, on or off, as "null" of "a", not "2"; the value is ignored in Unknown on line 0 ""

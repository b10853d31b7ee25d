--TEST--
Trove\Cache::configure() refuses an unknown option or value, names it and what is allowed, and sets nothing then
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
$cache = new Trove\Cache('pages');
$wrong = [
    ['TTL' => 1], [7 => 1], ["a\0b" => 1],
    ['ttl' => -1], ['ttl' => 'soon'], ['ttl' => NAN], ['ttl' => '-1'], ['ttl' => 'inf'], ['stale' => true], ['stale' => []],
    ['quota' => 1.5], ['quota' => -1], ['quota' => '1T'], ['quota' => ''], ['compress' => '4 K'], ['pin' => new stdClass],
    ['compress_level' => 0], ['compress_level' => 20], ['compress_level' => '9x'], ['null' => 2], ['null' => 'maybe'], ['null' => ''],
];
foreach ($wrong as $options) {
    try {
        $cache->configure($options + ['stale' => 5, 'pin' => 1]);
        echo "accepted: ", json_encode($options), "\n";
    } catch (ValueError $error) {
        echo str_replace('Trove\Cache::configure(): Argument #1 ($options) ', '', $error->getMessage()), "\n";
    }
}
var_dump($cache->configure()['stale']);
try {
    $cache->configure('ttl=5');
} catch (TypeError $error) {
    echo $error->getMessage(), "\n";
}
?>
--EXPECT--
must not have an option "TTL"; the options are ttl, stale, quota, compress, compress_level, pin and null
must not have an option "7"; the options are ttl, stale, quota, compress, compress_level, pin and null
must not have an option "a\x00b"; the options are ttl, stale, quota, compress, compress_level, pin and null
must have a number of seconds, 0 or more, as "ttl"; -1 given
must have a number of seconds, 0 or more, as "ttl"; "soon" given
must have a number of seconds, 0 or more, as "ttl"; NaN given
must have a number of seconds, 0 or more, as "ttl"; "-1" given
must have a number of seconds, 0 or more, as "ttl"; "inf" given
must have a number of seconds, 0 or more, as "stale"; true given
must have a number of seconds, 0 or more, as "stale"; array given
must have a number of bytes, or one with K, M or G, as "quota"; 1.5 given
must have a number of bytes, or one with K, M or G, as "quota"; -1 given
must have a number of bytes, or one with K, M or G, as "quota"; "1T" given
must have a number of bytes, or one with K, M or G, as "quota"; "" given
must have a number of bytes, or one with K, M or G, as "compress"; "4 K" given
must have a number of bytes, or one with K, M or G, as "pin"; stdClass given
must have a level from 1 to 19, as "compress_level"; 0 given
must have a level from 1 to 19, as "compress_level"; 20 given
must have a level from 1 to 19, as "compress_level"; "9x" given
must have 0 or 1, on or off, as "null"; 2 given
must have 0 or 1, on or off, as "null"; "maybe" given
must have 0 or 1, on or off, as "null"; "" given
int(0)
Trove\Cache::configure(): Argument #1 ($options) must be of type array, string given

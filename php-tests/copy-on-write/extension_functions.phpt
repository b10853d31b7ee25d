--TEST--
Functions of other extensions leave fetched values alone
--EXTENSIONS--
apcu
ctype
iconv
posix
tokenizer
phar
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
$strings = [
    'ctype' => fn ($s) => [ctype_alnum($s), ctype_punct($s), ctype_xdigit($s)],
    'iconv' => fn ($s) => [
        @iconv('UTF-8', 'ISO-8859-1//IGNORE', $s), @iconv_strlen($s), @iconv_substr($s, 1, 2), @iconv_strpos($s, 'o'), @iconv_mime_encode('x', $s),
    ],
    'tokenizer' => fn ($s) => array_map(fn ($t) => $t->text, PhpToken::tokenize("<?php $s")),
    'posix' => fn ($s) => [posix_access("/$s"), @posix_getpwnam($s)],
    'hash' => fn ($s) => [hash('crc32b', $s), hash_hkdf('sha1', $s ?: 'x', 8) !== '', hash_pbkdf2('sha1', $s, $s, 1)],
    'hash context' => function ($s) { $c = hash_init('md5', HASH_HMAC, $s ?: 'k'); hash_update($c, $s); return hash_final($c); },
    'zlib' => fn ($s) => [gzuncompress(gzcompress($s)), gzdecode(gzencode($s)), bin2hex(deflate_add(deflate_init(ZLIB_ENCODING_RAW), $s, ZLIB_FINISH))],
    'zlib dictionary' => fn ($s) => bin2hex(deflate_add(deflate_init(ZLIB_ENCODING_DEFLATE, ['dictionary' => str_replace("\0", '', $s) . 'x']), $s, ZLIB_FINISH)),
    'json' => fn ($s) => [json_encode($s, JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRETTY_PRINT), json_decode($s), json_last_error()],
    'preg, unicode' => fn ($s) => [@preg_match('/./u', $s, $m), $m, @preg_split('//u', $s, -1, PREG_SPLIT_NO_EMPTY), preg_last_error()],
    'filter' => fn ($s) => [
        filter_var($s, FILTER_VALIDATE_EMAIL), filter_var($s, FILTER_SANITIZE_NUMBER_INT), filter_var($s, FILTER_CALLBACK, ['options' => 'strrev']),
    ],
    'date' => fn ($s) => [date_parse_from_format('Y', $s)['warning_count'], @date_create($s) === false],
    'random' => fn ($s) => [strlen((new Random\Randomizer(new Random\Engine\Mt19937(3)))->shuffleBytes($s))],
    'sodium' => fn ($s) => function_exists('sodium_bin2hex') ? [sodium_bin2hex($s), sodium_compare($s, $s)] : [],
    'memzero' => function ($s) { if (function_exists('sodium_memzero')) { sodium_memzero($s); } return $s; },
    'sodium increment' => function ($s) { if (function_exists('sodium_increment') && $s !== '') { sodium_increment($s); } return $s; },
    'sodium add' => function ($s) { if (function_exists('sodium_add') && $s !== '') { sodium_add($s, $s); } return $s; },
    'SPL file' => function ($s) { $f = new SplTempFileObject; $f->fwrite($s); $f->rewind(); return [$f->fgets(), $f->ftell()]; },
    'phar name' => fn ($s) => Phar::isValidPharFilename($s),
];
compare($strings, strings());
$arrays = [
    'json' => fn ($a) => [json_encode($a, JSON_PRETTY_PRINT | JSON_FORCE_OBJECT), json_decode(json_encode($a), false)],
    'iconv headers' => fn ($a) => iconv_mime_decode_headers(implode("\n", array_filter($a, is_string(...)))),
    'filter_var_array' => fn ($a) => filter_var_array($a, ['one' => FILTER_VALIDATE_INT, 'two' => ['filter' => FILTER_CALLBACK, 'options' => 'strrev']]),
    'randomizer' => fn ($a) => (new Random\Randomizer(new Random\Engine\Mt19937(3)))->shuffleArray(array_values($a)),
    'randomizer, keys' => fn ($a) => $a ? count((new Random\Randomizer)->pickArrayKeys($a, 1)) : 0,
    'hash options' => fn ($a) => hash('murmur3a', 'x', false, ['seed' => 5] + $a),
    'stream context' => fn ($a) => stream_context_get_options(stream_context_create(['http' => $a], ['notification' => null])),
    'unserialize options' => fn ($a) => unserialize('a:0:{}', ['allowed_classes' => array_filter($a, is_string(...))]),
    'proc_open' => function ($a) {
        $p = proc_open(['true', ...array_map('strval', array_filter($a, 'is_numeric'))], [], $pipes, null, ['X' => 'y']);
        return [proc_close($p), $pipes];
    },
    'DatePeriod state' => fn ($a) => @DateInterval::__set_state($a)->days,
    'SplFixedArray state' => fn ($a) => SplFixedArray::fromArray(array_values($a))->toArray(),
    'Exception as previous' => fn ($a) => (new Exception(json_encode($a), count($a), new Error))->getCode(),
    'callable array' => fn ($a) => [is_callable($a), is_callable($a, true, $name), $name],
    'reflection arguments' => fn ($a) => (new ReflectionClass('ArrayObject'))->newInstanceArgs([$a])->count(),
    'iterator chain' => fn ($a) => iterator_to_array(
        new RecursiveIteratorIterator(new RecursiveArrayIterator($a), RecursiveIteratorIterator::SELF_FIRST), false,
    ),
];
compare($arrays, arrays());
--EXPECT--
19 operations on 17 values
15 operations on 9 values

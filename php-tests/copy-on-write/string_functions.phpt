--TEST--
Functions that return their argument return something that may be changed
--DESCRIPTION--
Where nothing is to be done, a function returns the very string that it was given; what a script then does to the result must not reach the cache.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
/** Changes every string that a function returned, in place. */
function spoil(mixed &$value): void
{
    if (is_array($value)) {
        array_walk_recursive($value, fn (&$item) => spoil($item));
    } elseif (is_string($value)) {
        $value .= '!';
        $value[0] = '#';
        $value++;
        $value .= '?';
    }
}
$calls = [];
foreach (explode(' ', 'addslashes stripslashes bin2hex chop chunk_split convert_uuencode crc32 hex2bin html_entity_decode htmlentities htmlspecialchars htmlspecialchars_decode lcfirst ltrim md5 nl2br ord
    quotemeta quoted_printable_encode quoted_printable_decode rawurlencode rawurldecode rtrim sha1 soundex metaphone str_rot13 str_shuffle str_split str_word_count strip_tags stripcslashes strlen strrev strtolower
    strtoupper strval trim ucfirst ucwords urlencode urldecode base64_encode base64_decode basename dirname pathinfo parse_url count_chars escapeshellarg escapeshellcmd is_numeric intval floatval boolval
    function_exists class_exists defined serialize var_export json_encode json_decode preg_quote ctype_alpha ctype_digit str_getcsv utf8_encode utf8_decode convert_uudecode nl2br inet_pton ip2long strtotime
    gettype get_debug_type is_string highlight_string realpath file_exists is_file') as $function) {
    $calls[$function] = fn (string $s) => @$function($s);
}
$calls += [
    'addcslashes' => fn ($s) => addcslashes($s, "\0..\37"),
    'explode' => fn ($s) => explode(' ', $s),
    'explode, absent' => fn ($s) => explode('|||', $s),
    'implode one' => fn ($s) => implode(',', [$s]),
    'implode' => fn ($s) => implode($s, ['a', 'b', $s]),
    'join keys' => fn ($s) => array_keys([$s => 1]),
    'str_repeat once' => fn ($s) => str_repeat($s, 1),
    'str_repeat' => fn ($s) => str_repeat($s, 3),
    'str_pad, no need' => fn ($s) => str_pad($s, 0),
    'str_pad' => fn ($s) => str_pad($s, 40, '-', STR_PAD_BOTH),
    'str_replace nothing' => fn ($s) => str_replace('|||', 'x', $s),
    'str_replace' => fn ($s) => [str_replace(['e', '1'], ['E', 'one'], $s, $count), $count],
    'str_ireplace nothing' => fn ($s) => str_ireplace('|||', 'x', $s),
    'str_replace with itself' => fn ($s) => str_replace($s, $s, $s),
    'str_replace into' => fn ($s) => str_replace('x', $s, 'axbxc'),
    'str_starts_with' => fn ($s) => [str_starts_with($s, 'w'), str_ends_with($s, 'd'), str_contains($s, 'or')],
    'strtr nothing' => fn ($s) => strtr($s, '|', '/'),
    'strtr' => fn ($s) => strtr($s, 'abc', 'xyz'),
    'strtr pairs' => fn ($s) => strtr($s, ['word' => 'WORD', '1' => $s]),
    'strtr no pairs' => fn ($s) => strtr($s, []),
    'strtr key' => fn ($s) => strtr('a word', [$s => 'found']),
    'substr all' => fn ($s) => substr($s, 0),
    'substr' => fn ($s) => [substr($s, 1), substr($s, -1), substr($s, 0, 1), substr($s, 99999)],
    'substr_replace' => fn ($s) => substr_replace($s, 'new', 1, 2),
    'substr_count' => fn ($s) => substr_count($s, 'o'),
    'substr_compare' => fn ($s) => substr_compare($s, 'word', 0),
    'strpos family' => fn ($s) => [strpos($s, 'o'), strrpos($s, 'o'), stripos($s, 'O'), strstr($s, 'o'), strrchr($s, 'o'), strpbrk($s, 'xyz')],
    'strcmp family' => fn ($s) => [strcmp($s, $s), strcasecmp($s, 'WORD'), strnatcmp($s, '123'), strncmp($s, 'wo', 2), strcoll($s, $s)],
    'strspn' => fn ($s) => [strspn($s, '0123456789'), strcspn($s, ' ')],
    'strtok' => fn ($s) => [strtok($s, ' '), strtok(' '), strtok(' ')],
    'similar_text' => fn ($s) => [similar_text($s, 'word', $p), $p],
    'levenshtein' => fn ($s) => levenshtein(substr($s, 0, 50), 'word'),
    'sprintf' => fn ($s) => [sprintf('%s', $s), sprintf('%5s|%-5s|%05d', $s, $s, $s), sprintf($s)],
    'vsprintf' => fn ($s) => vsprintf('%s%s', [$s, $s]),
    'number_format' => fn ($s) => number_format((float) $s),
    'sscanf' => fn ($s) => sscanf($s, '%d'),
    'parse_str' => function ($s) { parse_str($s, $result); return $result; },
    'wordwrap' => fn ($s) => wordwrap($s, 5, "\n", true),
    'wordwrap, no need' => fn ($s) => wordwrap($s, 100000),
    'trim characters' => fn ($s) => trim($s, 'wf'),
    'money and printf' => fn ($s) => printf('%s', $s),
    'nothing to trim' => fn ($s) => trim($s, '|'),
    'preg_replace nothing' => fn ($s) => preg_replace('/\|{3}/', 'x', $s),
    'preg_replace' => fn ($s) => preg_replace('/[aeiou]/', '<$0>', $s, -1, $count),
    'preg_replace_callback' => fn ($s) => preg_replace_callback('/\w/', fn ($m) => ucfirst($m[0]), $s),
    'preg_match' => function ($s) { preg_match('/(.*)(?<n>.)?/s', $s, $m, PREG_OFFSET_CAPTURE); return $m; },
    'preg_match_all' => function ($s) { preg_match_all('/./', $s, $m); return $m; },
    'preg_match whole' => function ($s) { preg_match('/^.*$/s', $s, $m); return $m; },
    'preg_split' => fn ($s) => preg_split('/\s+/', $s),
    'preg_split nothing' => fn ($s) => preg_split('/\|{3}/', $s),
    'preg as pattern' => fn ($s) => @preg_match($s, 'word'),
    'preg_replace with it' => fn ($s) => preg_replace('/x/', $s, 'axb'),
    'range' => fn ($s) => is_numeric($s) ? range('a', 'e') : range($s[0] ?? 'a', 'z'),
    'str_word_count' => fn ($s) => str_word_count($s, 2),
    'count_chars' => fn ($s) => count_chars($s, 3),
    'ucwords delimiters' => fn ($s) => ucwords($s, 'o'),
    'array functions' => fn ($s) => [array_fill(0, 3, $s), array_pad([], 2, $s), array_flip([$s]), array_combine([$s], [$s])],
    'array_map' => fn ($s) => array_map('strtoupper', [$s]),
    'call_user_func' => fn ($s) => call_user_func('trim', $s),
    'min and max' => fn ($s) => [min($s, 'zzz'), max([$s])],
    'filter_var' => fn ($s) => [filter_var($s), filter_var($s, FILTER_VALIDATE_INT), filter_var($s, FILTER_SANITIZE_SPECIAL_CHARS)],
    'unserialize' => fn ($s) => @unserialize($s),
    'json_decode' => fn ($s) => json_decode($s, true),
    'crypt' => fn ($s) => [hash('xxh3', $s), hash_hmac('sha1', $s, 'key'), hash_equals($s, $s)],
    'pack' => fn ($s) => [pack('A10', $s), unpack('C*', $s)],
    'iconv' => fn ($s) => function_exists('iconv') ? @iconv('UTF-8', 'UTF-16', $s) : '',
    'version_compare' => fn ($s) => version_compare($s, '1.0'),
    'date' => fn ($s) => [@date_parse($s)["year"], gmdate('Y', (int) $s)],
    'uniqid-like' => fn ($s) => [ctype_alnum($s), ctype_space($s), ctype_upper($s)],
    'constant' => fn ($s) => defined($s),
    'ob' => function ($s) { ob_start(); echo $s; return ob_get_clean(); },
    'SplString' => fn ($s) => (new SplFileInfo($s))->getFilename(),
    'gzip' => fn ($s) => function_exists('gzdeflate') ? gzinflate(gzdeflate($s)) : '',
    'base_convert' => fn ($s) => @base_convert($s, 16, 2),
    'http_build_query' => fn ($s) => http_build_query(['k' => $s]),
    'array_key' => fn ($s) => array_search($s, ['x', $s]),
    'var_dump' => fn ($s) => var_dump($s),
    'print_r' => fn ($s) => print_r($s, true),
    'stream' => function ($s) { $f = fopen('php://memory', 'w+'); fwrite($f, $s); rewind($f); return stream_get_contents($f); },
    'temporary file' => function ($s) { $f = tmpfile(); fputcsv($f, [$s, $s]); rewind($f); return fgetcsv($f); },
    'data URL' => fn ($s) => file_get_contents('data:text/plain;base64,' . base64_encode($s)),
    'output callback' => function ($s) { ob_start(fn ($b) => strrev($b)); echo $s; ob_end_flush(); return $s; },
    'setlocale' => fn ($s) => [setlocale(LC_ALL, 0), setlocale(LC_CTYPE, $s) === false],
    'error_get_last' => function ($s) { error_clear_last(); @trigger_error($s); return error_get_last()['message'] ?? null; },
    'ReflectionNamedType' => fn ($s) => (new ReflectionFunction('trim'))->getParameters()[0]->getName() . $s,
    'Stringable' => fn ($s) => (string) new Exception($s) !== '',
];
$operations = [];
foreach ($calls as $name => $call) {
    $operations[$name] = function (string $s) use ($call) {
        $result = $call($s);
        $before = serialize($result);
        spoil($result);
        return [$before, $result, $s];
    };
}
compare($operations, strings());
--EXPECT--
163 operations on 17 values

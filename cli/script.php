<?php
// Reads and stores values for the trove command, see php.rs: a line with a cache and a key in, a line with the value out; or a line with a value
// in, and a line out that says what became of it.
[, $fingerprint, $path, $form] = $argv;
$out = static function (string $line): void {
    fwrite(STDOUT, "$line\n");
};
ob_start();
phpinfo(INFO_GENERAL);
$info = ob_get_clean();
preg_match('/^PHP Extension Build => API(\d+),(N?TS)/m', $info, $build);
$own = sprintf('PHP API %s %s %s', $build[1] ?? '?', ($build[2] ?? '') === 'TS' ? 'ZTS' : 'NTS', PHP_DEBUG ? 'debug' : 'release');
if (strncmp($fingerprint, "$own,", strlen($own) + 1) !== 0) {
    $out("! it is another build: $own");
    exit;
}
if (!extension_loaded('trove')) {
    $out('! it has no extension "trove" (see --extension)');
    exit;
}
$status = Trove\status();
if (($status['segment'] ?? '') !== $path) {
    $out('! it uses ' . ($status['segment'] ?? 'no segment: ' . ($status['reason'] ?? '?')) . ' instead');
    exit;
}
// Objects as arrays with all their properties and the name of the class; one that is met inside itself as that name alone.
$tree = static function (mixed $value, array $above = []) use (&$tree): mixed {
    if (is_object($value)) {
        $properties = [];
        foreach ((array) $value as $name => $property) {
            $properties[($end = strrpos((string) $name, "\0")) === false ? $name : substr($name, $end + 1)] = $property;
        }
        $class = $properties['__PHP_Incomplete_Class_Name'] ?? $value::class;
        unset($properties['__PHP_Incomplete_Class_Name']);
        if (in_array($value, $above, true)) {
            return ['__class' => $class];
        }
        $above[] = $value;
        $value = ['__class' => $class] + $properties;
    }
    return is_array($value) ? array_map(static fn($element) => $tree($element, $above), $value) : $value;
};
$export = static function (mixed $value): string {
    // What holds itself has no code that makes it.
    set_error_handler(static fn() => throw new ErrorException('circular'));
    try {
        return var_export($value, true);
    } catch (ErrorException) {
        return rtrim(print_r($value, true));
    } finally {
        restore_error_handler();
    }
};
$write = [
    'export' => $export,
    'raw' => static fn(mixed $value): string => is_string($value) ? $value : $export($value) . "\n",
    'json' => static fn(mixed $value): string => json_encode($tree($value), JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE
        | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
    'serialize' => serialize(...),
    'store' => null,
][$form];
// Stores what holds no object: of those the classes are not here.
$store = static function (?string $cache, string $key, string $how, string $ttl, string $stale, string $pin, string $tags, string $text): string {
    $text = hex2bin($text);
    $value = unserialize($text, ['allowed_classes' => false]);
    $is_plain = !is_object($value) && ($value !== false || $text === 'b:0;');
    if (is_array($value)) {
        array_walk_recursive($value, static function (mixed $leaf) use (&$is_plain): void {
            $is_plain = $is_plain && !is_object($leaf);
        });
    }
    if (!$is_plain) {
        return '?';
    }
    if ($cache === null) {
        $stored = "apcu_$how"($key, $value, (int) ceil((float) $ttl));
    } else {
        $tags = $tags === '=' ? [] : array_map(hex2bin(...), explode(',', substr($tags, 1)));
        $stored = (new Trove\Cache($cache))->$how($key, $value, (float) $ttl, $tags, (float) $stale, null, (bool) $pin);
    }
    return $stored ? '+' : ($how === 'add' ? '-' : '?');
};
ini_set('display_errors', '0');
$out('ready ' . PHP_VERSION);
while (($line = fgets(STDIN)) !== false) {
    $fields = explode(' ', rtrim($line, "\n"));
    [$cache, $key] = $fields;
    $key = hex2bin($key);
    try {
        if ($form === 'store') {
            $out($store($cache === '-' ? null : hex2bin(substr($cache, 1)), $key, ...array_slice($fields, 2)));
            continue;
        }
        if ($cache === '-') {
            $value = apcu_fetch($key, $found);
        } elseif (class_exists('Trove\Cache')) {
            $missing = new stdClass;
            $value = (new Trove\Cache(hex2bin(substr($cache, 1))))->fetch($key, $missing);
            $found = $value !== $missing;
        } else {
            $out('! this version of the extension has no named caches');
            continue;
        }
        $out($found ? '=' . bin2hex($write($value)) : '-');
    } catch (Throwable $e) {
        $out('! ' . strtr($e->getMessage(), "\n", ' '));
    }
}

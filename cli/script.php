<?php
// Reads values for the trove command, see php.rs: a line with a cache and a key in, a line with the value out.
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
$write = [
    'export' => static function (mixed $value): string {
        // What holds itself has no code that makes it.
        set_error_handler(static fn() => throw new ErrorException('circular'));
        try {
            return var_export($value, true);
        } catch (ErrorException) {
            return rtrim(print_r($value, true));
        } finally {
            restore_error_handler();
        }
    },
    'json' => static fn(mixed $value): string => json_encode($tree($value), JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE
        | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
    'serialize' => serialize(...),
][$form];
ini_set('display_errors', '0');
$out('ready ' . PHP_VERSION);
while (($line = fgets(STDIN)) !== false) {
    [$cache, $key] = explode(' ', rtrim($line, "\n"));
    $key = hex2bin($key);
    try {
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

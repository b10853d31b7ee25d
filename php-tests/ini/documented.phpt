--TEST--
docs/configuration.md lists every setting that is registered, and no other, with its default and where it can be changed
--EXTENSIONS--
trove
--FILE--
<?php
$listed = [];
foreach (file(__DIR__ . '/../../docs/configuration.md') as $line) {
    if (preg_match('/^\| `((?:trove|apc)\.\w+)` \|[^|]*\| ([^|]*) \| (system|everywhere) \|/', $line, $match)) {
        $listed[$match[1]] = [trim($match[2], '`'), $match[3]];
    }
}
$registered = ini_get_all('trove') + ini_get_all('apcu');
foreach (array_diff_key($registered, $listed) as $name => $_) {
    echo "not on the page: $name\n";
}
foreach (array_diff_key($listed, $registered) as $name => $_) {
    echo "on the page, and not registered: $name\n";
}
// What run-tests sets is another value than the default: a PHP that nobody has configured tells it.
require __DIR__ . '/../support/processes.inc';
$defaults = json_decode(Php::once('echo json_encode(ini_get_all("trove") + ini_get_all("apcu"));'), true);
foreach (array_intersect_key($listed, $registered) as $name => [$default, $where]) {
    $value = $defaults[$name]['global_value'];
    $is = $value === null ? 'none' : ($value === '' ? 'empty' : $value);
    $access = $registered[$name]['access'] === INI_ALL ? 'everywhere' : 'system';
    if ([$is, $access] !== [$default, $where]) {
        echo "$name: default $is, $access; the page says $default, $where\n";
    }
}
echo count($listed), " settings\n";
// Likewise the options of named caches.
preg_match_all('/^\| `(\w+)` \| /m', strstr(file_get_contents(__DIR__ . '/../../docs/configuration.md'), '| option |'), $options);
$cache = Php::once('echo implode(" ", array_keys((new Trove\Cache)->configure()));', ['trove.enable_cli' => 1]);
echo $cache === implode(' ', $options[1]) ? 'options as they are' : $cache, "\n";
?>
--EXPECT--
27 settings
options as they are

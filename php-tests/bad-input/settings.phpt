--TEST--
A bad value of a setting is a message with name, value and what is allowed; PHP starts with the default
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$bad = [
    'trove.memory' => ['abc', '1K', '100G', '-5M', '10 M', '5X'], 'trove.mode' => ['abc', '0777', '0000', '9', '0606'],
    'trove.zero_copy' => ['maybe', '2', 'AUTO'], 'trove.directory' => ['relative', 'a/b'],
    'trove.segment' => ['a/b', '..', '.hidden', 'a b', str_repeat('n', 65)], 'trove.group' => ['nosuchgroup'], 'trove.ttl' => ['-1', 'soon'],
    'trove.enabled' => ['perhaps'], 'trove.enable_cli' => ['perhaps'], 'trove.apcu' => ['perhaps'],
];
foreach ($bad as $name => $values) {
    $default = Php::once("echo ini_get('$name');");
    foreach ($values as $value) {
        $output = Php::once("echo 'alive ', ini_get('$name');", [$name => $value, 'display_startup_errors' => 1]);
        $message = preg_match('/^(?:PHP )?Warning: +(.* is ".*)$/m', $output, $match) ? $match[1] : '';
        if (!str_contains($message, $name) || !str_contains($message, "\"$value\"") || !str_contains($message, 'allowed')) {
            echo "$name=$value: no clear message in: $output\n";
        }
        if (!str_ends_with($output, "alive $default")) {
            echo "$name=$value: not the default \"$default\" in: $output\n";
        }
    }
}
echo "done\n";
--EXPECT--
done

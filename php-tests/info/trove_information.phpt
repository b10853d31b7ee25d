--TEST--
php --ri trove shows version, segment, size, use and zero-copy state, and why the cache is off where it is
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$settings = ['trove.directory' => $directory, 'trove.segment' => 'shown', 'trove.memory' => '8M'];
$show = fn (array $ini) => shell_exec(Php::command($ini) . ' --ri trove 2>&1');
$text = $show($settings);
$wanted = [
    'version' => '/version => \d+\.\d+\.\d+/i', 'segment' => "#$directory/#", 'size' => '/8(\.0+)? ?M|8388608/i', 'zero-copy' => '/zero.copy/i',
    'settings' => '/trove\.directory => /',
];
foreach ($wanted as $what => $pattern) {
    echo $what, preg_match($pattern, $text) ? '' : " is missing in:\n$text", "\n";
}
foreach ([['trove.enabled' => 0], ['apc.enabled' => 0], ['apc.enable_cli' => 0]] as $ini) {
    $name = key($ini);
    echo $name,
        preg_match("/disabled|off/i", $text = $show($ini)) && str_contains(preg_replace('/^(trove|apc)\.\S+ => .*$/m', '', $text), $name) ? ' is named' : " is not named in:\n$text",
        "\n";
}
--EXPECT--
version
segment
size
zero-copy
settings
trove.enabled is named
apc.enabled is named
apc.enable_cli is named

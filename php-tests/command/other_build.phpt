--TEST--
A PHP of another build, or without the extension, is not asked for values, and makes no segment
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

$directory = own_directory();
$php = new Php(['trove.segment' => 'test', 'trove.directory' => $directory, 'trove.memory' => '2M']);
$php->run('apcu_store("list", [1, 2]);');
$segment = glob("$directory/trove-*")[0];
$before = scandir($directory);

// A php that says it is of another build.
file_put_contents("$directory/php", "#!/bin/sh\nprintf '! it is another build: PHP API 1\\n'\n");
chmod("$directory/php", 0700);
$why = fn (string $output) => preg_match('~^  \S*: (.*)$~m', $output, $match) ? $match[1] : $output;
echo $why(trove($directory, 'get', 'list', '--php', "$directory/php")), "\n";
echo $why(trove($directory, 'get', 'list', '--extension', '/nowhere/trove.so')), "\n";
echo substr(trove($directory, 'get', 'list', '--php', '/bin/true'), -12);
unlink("$directory/php");
var_dump(scandir($directory) === $before);
?>
--EXPECT--
it is another build: PHP API 1
it has no extension "trove" (see --extension)
exit code 6
bool(true)

--TEST--
phpinfo() of the module apcu says that it works
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
ob_start();
phpinfo(INFO_MODULES);
$text = ob_get_clean();
preg_match('/^apcu\n\n(.*?)\n\n/ms', $text, $section);
foreach (['APCu Support => Enabled', 'Version => ', 'APCu Debugging => ', 'MMAP Support => ', 'Serialization Support => '] as $row) {
    echo $row, str_contains($section[1], $row) ? '' : ' is missing', "\n";
}
preg_match('/^apc\.enable_cli => .*/m', $text, $ini);
echo $ini[0], "\n";
--EXPECT--
APCu Support => Enabled
Version => 
APCu Debugging => 
MMAP Support => 
Serialization Support => 
apc.enable_cli => On => On

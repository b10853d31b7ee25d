--TEST--
A segment that another build of PHP left is removed when nobody has used it for long; one that is in use, of another name, or used lately stays
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';

$directory = own_directory();
$settings = fn ($name) => ['trove.directory' => $directory, 'trove.segment' => $name, 'trove.memory' => '1M'];
Php::once('apcu_store("key", 1);', $settings('site'));
Php::once('apcu_store("key", 1);', $settings('other-site'));
[$other, $own] = glob("$directory/*");
// As a build with another fingerprint would call them.
$as_build = fn ($path, $build) => substr($path, 0, -16) . $build;
$files = [
    'left' => $as_build($own, '0000000000000001'),
    'in use' => $as_build($own, '0000000000000002'),
    'used lately' => $as_build($own, '0000000000000003'),
    'of another name' => $as_build($other, '0000000000000004'),
];
foreach ($files as $what => $file) {
    copy($own, $file);
    touch($file, time() - ($what === 'used lately' ? 60 : 3600));
}
$user = fopen($files['in use'], 'r');
flock($user, LOCK_SH);
touch($own, time() - 3600);

Php::once('apcu_fetch("key");', $settings('site'));
clearstatcache();
foreach ($files as $what => $file) {
    echo "$what: ", is_file($file) ? 'stays' : 'removed', "\n";
}
echo 'own: ', time() - filemtime($own) < 60 ? 'use is noted' : 'use is not noted', "\n";
flock($user, LOCK_UN);
Php::once('apcu_fetch("key");', $settings('site'));
echo 'in use until now: ', is_file($files['in use']) ? 'stays' : 'removed', "\n";
--EXPECT--
left: removed
in use: stays
used lately: stays
of another name: stays
own: use is noted
in use until now: removed

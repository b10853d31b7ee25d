--TEST--
In a container with 64 MB of /dev/shm and a read-only root, trove reset reaches the workers of php-fpm, and nothing but /dev/shm is written
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/containers.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
if (!has_containers()) die('skip making namespaces needs root');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/containers.inc';

$inside = <<<'PHP'
    foreach (['runner/fpm', 'support/deployment', 'support/command'] as $file) {
        require "TESTS/$file.inc";
    }
    echo @file_put_contents('/tmp/trove-probe', '') === false ? 'read-only' : 'writable', "\n";
    $app = new Deployment;
    // Opcache wants a place for its lock.
    $settings = ['trove.segment' => 'default', 'trove.memory' => '16M', 'opcache.lockfile_path' => '/dev/shm'];
    $fpm = new Fpm(2, $settings + STRICT_OPCACHE, base: '/dev/shm');
    $load = function () use ($app, $fpm) {
        $app->load([[$fpm, 'test']], 0, 100);
        echo json_encode($app->answers), ", $app->failed failed\n";
        $app->answers = [];
    };
    $fpm->everywhere('<?php');
    $load();
    $app->switch_to('new');
    [$output, $code] = trove_with_exit('/dev/shm', 'reset', '--json', '--wait');
    echo "reset: $code, ", count(json_decode($output, true)[0]['workers']), " workers\n";
    $load();
    PHP;
$mounts = 'mount -t tmpfs -o size=64m shm /dev/shm && mount --make-rprivate / && mount -o remount,ro,bind /';
echo Php::once(str_replace('TESTS', dirname(__DIR__), $inside), [], in_container($mounts));
--EXPECT--
read-only
{"old":100}, 0 failed
reset: 0, 2 workers
{"new":100}, 0 failed

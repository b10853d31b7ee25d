--TEST--
Workers of php-cgi are reached; its children share an opcache, and two of it do not
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
if (!glob(dirname(PHP_BINARY) . '/php-cgi{' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . ',}', GLOB_BRACE)) die('skip no php-cgi beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/deployment.inc';

$binary = glob(dirname(PHP_BINARY) . '/php-cgi{' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . ',}', GLOB_BRACE)[0];
$settings = ['trove.directory' => own_directory(), 'trove.memory' => '16M'];
$app = new Deployment;
$arguments = getenv('TEST_PHP_EXTRA_ARGS');
foreach ($settings + STRICT_OPCACHE as $name => $value) {
    $arguments .= ' -d ' . escapeshellarg("$name=$value");
}
$servers = $answers = [];
foreach (['one', 'two'] as $name) {
    $socket = "{$settings['trove.directory']}/$name.sock";
    $command = "exec env PHP_FCGI_CHILDREN=3 $binary $arguments -b $socket";
    $servers[$socket] = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
    for ($i = 0; $i < 500 && !@stream_socket_client("unix://$socket"); $i++) {
        usleep(10_000);
    }
}
$load = function () use ($app, $servers) {
    for ($i = 0; $i < 100; $i++) {
        foreach ($servers as $socket => $_) {
            $app->count((new FpmRequest($socket, $app->script(), []))->body());
        }
    }
    echo json_encode($app->answers), ", $app->failed failed\n";
    $app->answers = [];
};
$load();
$app->switch_to('new');
$other = new Php($settings + ['trove.segment' => 'default']);
$other->run('Trove\reset();');
$load();
echo $other->run('$resets = Trove\status()["resets"]; echo count($resets["opcaches"]), " opcaches, ", implode(" ", array_unique(array_column($resets["workers"], "sapi"))), "\n";');
foreach ($servers as $server) {
    proc_terminate($server);
    proc_close($server);
}
--EXPECT--
{"old":200}, 0 failed
{"new":200}, 0 failed
2 opcaches, cgi-fcgi cli

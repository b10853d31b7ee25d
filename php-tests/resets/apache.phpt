--TEST--
Processes of Apache are reached
--EXTENSIONS--
trove
opcache
posix
--SKIPIF--
<?php
if (!is_executable('/usr/sbin/apache2')) die('skip no Apache');
if (!glob('/usr/lib/apache2/modules/libphp' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '*.so')) die('skip Apache has no PHP ' . PHP_VERSION);
if (PHP_DEBUG || PHP_ZTS) die('skip the PHP of Apache is another build');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/deployment.inc';

$app = new Deployment;
$home = own_directory();
$listener = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($listener, false);
fclose($listener);
$settings = ['trove.directory' => own_directory(), 'trove.memory' => '16M'];
$user = posix_geteuid() === 0 ? 65534 : posix_geteuid();
chown($settings['trove.directory'], $user);

preg_match_all('/-d "?((?:zend_)?extension=[^"\s]+)/', getenv('TEST_PHP_EXTRA_ARGS'), $extensions);
$ini = implode("\n", $extensions[1]) . "\n";
foreach ($settings + STRICT_OPCACHE as $name => $value) {
    $ini .= "$name=$value\n";
}
file_put_contents("$home/php.ini", $ini);
$modules = '/usr/lib/apache2/modules';
$php = glob("$modules/libphp" . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '*.so')[0];
$root = dirname($app->live);
file_put_contents("$home/httpd.conf", <<<CONF
    ServerRoot $home
    ServerName test
    Listen $address
    PidFile $home/pid
    ErrorLog $home/log
    LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
    LoadModule authz_core_module $modules/mod_authz_core.so
    LoadModule php_module $php
    PHPIniDir $home
    User #$user
    Group #$user
    StartServers 3
    MaxRequestWorkers 3
    DocumentRoot $root
    <Directory $root>
        Require all granted
    </Directory>
    <FilesMatch \.php$>
        SetHandler application/x-httpd-php
    </FilesMatch>
    CONF);
// Apache ends its whole process group, which must not be ours.
$apache = proc_open(['setsid', '/usr/sbin/apache2', '-f', "$home/httpd.conf", '-DFOREGROUND'], [['file', '/dev/null', 'r'], ['file', "$home/output", 'w'], ['redirect', 1]], $pipes);
$get = fn () => (string) @file_get_contents("http://$address/current/index.php");
for ($i = 0; $i < 500 && $get() === ''; $i++) {
    usleep(10_000);
}
$load = function () use ($app, $get) {
    for ($i = 0; $i < 100; $i++) {
        $app->count($get());
    }
    echo json_encode($app->answers), ", $app->failed failed\n";
    $app->answers = [];
};
$load();
$app->switch_to('new');
$other = new Php($settings + ['trove.segment' => 'default'], $user === posix_geteuid() ? '' : "setpriv --reuid=$user --regid=$user --clear-groups");
$other->run('Trove\reset();');
$load();
echo $other->run('$resets = Trove\status()["resets"]; echo count($resets["opcaches"]), " opcache, ", implode(" ", array_unique(array_column($resets["workers"], "sapi"))), "\n";');
proc_terminate($apache);
proc_close($apache);
--EXPECT--
{"old":100}, 0 failed
{"new":100}, 0 failed
1 opcache, apache2handler cli

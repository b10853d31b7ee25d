--TEST--
What a request has fetched stays right wherever the request keeps it, up to its very end, and the next request sees nothing of it
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$opcache = ['opcache.enable' => 1, 'opcache.file_update_protection' => 0];
$kinds = [
    'no opcache' => ['opcache.enable' => 0],
    'opcache' => $opcache + ['opcache.jit' => 'disable'],
    'tracing JIT' => $opcache + ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '16M', 'opcache.jit_hot_func' => 2, 'opcache.jit_hot_loop' => 2],
    'file cache' => $opcache + ['opcache.file_cache' => '{directory}', 'opcache.file_cache_only' => 1],
];
foreach ($kinds as $kind => $ini) {
    $fpm = new Fpm(workers: 2, ini: fpm_settings('2M') + $ini);
    $begin = '<?php const KEEPER = ' . var_export($fpm->directory, true) . ';';
    foreach (['churn', 'keeper'] as $file) {
        $begin .= 'require ' . var_export(dirname(__DIR__) . "/support/$file.inc", true) . ';';
    }
    $fpm->get("$begin prepare();");
    $churning = $fpm->send($begin . <<<'CODE'
        while (!is_file(KEEPER . '/stored')) {
            usleep(1_000);
        }
        for ($round = 1; !is_file(KEEPER . '/stop'); $round++) {
            churn(1);
            file_put_contents(KEEPER . '/rounds', $round);
        }
        CODE);
    // The other worker: it fetches, lets the churn begin, and goes on to its end.
    $keeper = $begin . <<<'CODE'
        keep_everywhere();
        touch(KEEPER . '/stored');
        Keeper::look('script');
        register_shutdown_function(function () {
            Keeper::look('shutdown function');
            fastcgi_finish_request();
            Keeper::look('after the response');
        });
        CODE;
    $answer = $fpm->get($keeper);
    $next = <<<'CODE'
        ini_get('user_agent') === ini_get('error_prepend_string') || print("settings are left\n");
        defined('KEPT') || defined(text_of('constant')) || getenv('KEPT') ? print("a constant or the environment is left\n") : null;
        isset($GLOBALS['object']) || isset(Keeper::$static) || error_get_last() ? print("variables are left\n") : null;
        for ($i = 0; $i < 3; $i++) {
            preg_match('/' . text_of('pattern') . '/', text_of('pattern')) && preg_match('#' . text_of('pattern') . '#', 'x') === 0 || print("a pattern is wrong\n");
        }
        $name = KEEPER . '/' . substr(text_of('stream'), 0, 20);
        unlink($name);
        $server = stream_socket_server("unix://$name");
        is_resource(stream_socket_client("unix://$name", $code, $message, 5, STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT)) || print("a stream is wrong\n");
        echo stream_context_get_options(stream_context_get_default()) === [] ? '' : "stream options are left\n";
        CODE;
    for ($i = 0; $i < 6000 && substr_count((string) @file_get_contents("$fpm->directory/report"), "\n") < 8; $i++) {
        usleep(10_000); // the keeper goes on after its response
    }
    $left = $fpm->get("$begin\n$next") . $fpm->get("$begin\n$next");
    touch("$fpm->directory/stop");
    $churning->body();
    require_once __DIR__ . '/../support/churn.inc';
    echo "$kind: ", preg_match('/^buffer (?:[0-9a-f]{64}){3}$/', $answer) ? 'the response is right' : "the response is $answer", "\n";
    echo preg_replace('/^/m', '  ', file_get_contents("$fpm->directory/report")), '  ', $left ?: "nothing is left\n";
    echo preg_match('/signal|exited on|WARNING|Fatal/', $fpm->log()) ? $fpm->log() : '';
    echo @file_get_contents("$fpm->directory/errors");
    $fpm->stop();
}
--EXPECT--
no opcache: the response is right
  script: 23 places
  shutdown argument: right
  shutdown function: 23 places
  output callback: the text
  after the response: 23 places
  destructor, global object: 23 places
  session is written: 23 places
  session holds: the text
  nothing is left
opcache: the response is right
  script: 23 places
  shutdown argument: right
  shutdown function: 23 places
  output callback: the text
  after the response: 23 places
  destructor, global object: 23 places
  session is written: 23 places
  session holds: the text
  nothing is left
tracing JIT: the response is right
  script: 23 places
  shutdown argument: right
  shutdown function: 23 places
  output callback: the text
  after the response: 23 places
  destructor, global object: 23 places
  session is written: 23 places
  session holds: the text
  nothing is left
file cache: the response is right
  script: 23 places
  shutdown argument: right
  shutdown function: 23 places
  output callback: the text
  after the response: 23 places
  destructor, global object: 23 places
  session is written: 23 places
  session holds: the text
  nothing is left

<?php
/*
 * Whole requests: php-fpm with 4 workers behind nginx, asked over 4 connections. A request that fetches the array of 2 MB and one that fetches
 * nothing, in turn; what two runs of the latter differ by is the noise, under which nothing can be seen.
 *
 * And within a request: fetching 100 keys for the first time, and once more.
 */

require __DIR__ . '/part.inc';
require __DIR__ . '/../../php-tests/runner/fpm.inc';

const WORKERS = 4;
const KINDS = ['integer' => 'integers', 'string' => '100-byte strings', 'small' => '10-key arrays', 'object' => 'plain objects of 5 properties'];

part(function (Options $options): array {
    [$whole, $us] = whole_requests($options);
    [$again, $ratios] = again($options);
    return [[...$whole, ...$again], $us + $ratios];
});

/** @return array{list<Row>, array} */
function whole_requests(Options $options): array
{
    $pools = [];
    foreach (['trove', 'apcu'] as $cache) {
        $pools[$cache] = start($options, $cache, WORKERS);
        $fill = '<?php apcu_store("tca", unserialize(file_get_contents($_GET["file"])));';
        $pools[$cache]->get($fill, ['file' => "$options->directory/tca.serialized"]);
    }
    $nginx = new Nginx("$options->directory/nginx", array_map(fn (Fpm $fpm) => $fpm->socket(), $pools));
    $nginx->script('nothing', '<?php $config = null; echo $config === null ? "nothing\n" : count($config);');
    $nginx->script('array', '<?php $config = apcu_fetch("tca"); echo count($config), "\n";');
    $us = [];
    for ($round = 0; $round < $options->rounds(11); $round++) {
        progress("requests: round $round");
        foreach (['trove/nothing', 'trove/array', 'trove/nothing again', 'apcu/nothing', 'apcu/array'] as $what) {
            $us[$what][] = $nginx->time(str_replace(' again', '', $what), $options->quick ? 1 : 2);
        }
    }
    $nginx->stop();
    array_map(fn (Fpm $fpm) => $fpm->stop(), $pools);
    $noise = ratios($us['trove/nothing again'], $us['trove/nothing']);
    $usual = median(array_map(fn ($ratio) => abs($ratio - 1), $noise));
    $section = 'requests through nginx and php-fpm';
    return [[
        new Row($section, 'fetching the 2 MB array, against fetching nothing', spread(ratios($us['trove/array'], $us['trove/nothing'])), '',
            1 + $usual, 'bar: the usual difference between two runs that fetch nothing'),
        new Row($section, 'fetching nothing, twice: the noise', spread($noise)),
        new Row($section, 'the same with APCu', spread(ratios($us['apcu/array'], $us['apcu/nothing']))),
    ], ['us per request' => $us]];
}

/** @return array{list<Row>, array} */
function again(Options $options): array
{
    $fpm = start($options, 'trove', 1);
    $kinds = var_export(array_keys(KINDS), true);
    $fpm->get(<<<PHP
        <?php
        class Entity { public \$a = 1, \$b = 'two', \$c = 3.0, \$d = null, \$e = true; }
        foreach (range(1, 100) as \$i) {
            apcu_store("integer \$i", \$i);
            apcu_store("string \$i", str_repeat('x', 100));
            apcu_store("small \$i", array_fill_keys(range('a', 'j'), \$i));
            apcu_store("object \$i", new Entity);
        }
        PHP);
    $times = [];
    for ($request = 0; $request < $options->rounds(200); $request++) {
        $found = json_decode($fpm->get(<<<PHP
            <?php
            class Entity { public \$a, \$b, \$c, \$d, \$e; }
            foreach ($kinds as \$kind) {
                \$keys = array_map(fn (\$i) => "\$kind \$i", range(1, 100));
                foreach (['first', 'again'] as \$time) {
                    \$start = hrtime(true);
                    foreach (\$keys as \$key) {
                        apcu_fetch(\$key);
                    }
                    \$times[\$kind][\$time] = hrtime(true) - \$start;
                }
            }
            echo json_encode(\$times);
            PHP), true);
        foreach ($found as $kind => $ns) {
            $times[$kind][] = $ns['again'] / $ns['first'];
        }
    }
    $fpm->stop();
    $rows = [];
    foreach (KINDS as $kind => $title) {
        sort($times[$kind]);
        $quartiles = array_map(fn ($share) => $times[$kind][(int) ($share * (count($times[$kind]) - 1))], [0.5, 0.25, 0.75]);
        $rows[] = new Row('the same keys again in one request', "100 $title, against the first time", $quartiles, '', 1, 'spread: quartiles');
    }
    return [$rows, ['again / first' => $times]];
}

function start(Options $options, string $cache, int $workers): Fpm
{
    $settings = ['apc.shm_size' => '64M', 'opcache.file_update_protection' => 0, 'opcache.validate_timestamps' => 0];
    if ($cache === 'trove') {
        $settings += ['trove.directory' => '{directory}', 'trove.segment' => 'bench'];
    }
    $extensions = [$options->libraries[$cache], ...(PHP_VERSION_ID < 80500 ? ['zend_extension=opcache'] : [])];
    return new Fpm($workers, $settings, $extensions, base: $options->directory);
}

/** An nginx of our own on a unix socket, and wrk to ask it. /POOL/NAME runs script NAME in that pool. */
final class Nginx
{
    /** @var resource|null */
    private $process;
    private int $port;
    /** @var list<string> */
    private array $pools;

    /** @param array<string, string> $pools sockets by name */
    public function __construct(private string $directory, array $pools)
    {
        mkdir($directory);
        $this->pools = array_keys($pools);
        $locations = '';
        foreach ($pools as $name => $socket) {
            $locations .= <<<CONF
                location /$name/ {
                    fastcgi_pass unix:$socket;
                    fastcgi_param SCRIPT_FILENAME $directory/\$uri.php;
                    fastcgi_param REQUEST_METHOD \$request_method;
                    fastcgi_param QUERY_STRING \$query_string;
                }

                CONF;
            mkdir("$directory/$name");
        }
        $this->port = self::free_port();
        $user = trim(shell_exec('id -un'));
        file_put_contents("$directory/nginx.conf", <<<CONF
            daemon off;
            user $user;
            worker_processes 1;
            pid $directory/pid;
            error_log $directory/error.log;
            events {}
            http {
                access_log off;
                client_body_temp_path $directory/body;
                fastcgi_temp_path $directory/fastcgi;
                proxy_temp_path $directory/proxy;
                uwsgi_temp_path $directory/uwsgi;
                scgi_temp_path $directory/scgi;
                server {
                    listen 127.0.0.1:$this->port;
                    keepalive_requests 1000000;
                    $locations
                }
            }
            CONF);
        $log = ['file', "$directory/output", 'a'];
        $this->process = proc_open(['nginx', '-p', $directory, '-c', "$directory/nginx.conf"], [['file', '/dev/null', 'r'], $log, $log], $pipes);
        register_shutdown_function($this->stop(...));
        for ($i = 0; $i < 500 && !($socket = @stream_socket_client("tcp://127.0.0.1:$this->port")); $i++) {
            usleep(20_000);
        }
        $socket ?: throw new RuntimeException("nginx does not answer:\n" . file_get_contents("$directory/output"));
    }

    public function script(string $name, string $code): void
    {
        foreach ($this->pools as $pool) {
            file_put_contents("$this->directory/$pool/$name.php", $code);
        }
    }

    /** Microseconds from request to answer, on average, of as many connections as there are workers. */
    public function time(string $path, int $seconds): float
    {
        $url = "http://127.0.0.1:$this->port/$path";
        $said = output_of(['wrk', '-t1', '-c' . WORKERS, "-d{$seconds}s", $url]);
        if (str_contains($said, 'Non-2xx') || !preg_match('/^Requests\/sec:\s+([\d.]+)/m', $said, $match)) {
            throw new RuntimeException("wrk $url:\n$said" . file_get_contents("$this->directory/error.log"));
        }
        return WORKERS * 1e6 / (float) $match[1];
    }

    public function stop(): void
    {
        if ($this->process) {
            proc_terminate($this->process, SIGQUIT);
            proc_close($this->process);
            $this->process = null;
        }
    }

    private static function free_port(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        return (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
    }
}

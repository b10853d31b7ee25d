--TEST--
The command's exit code tells what kept opcache from being reset, as the workers found it
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
require __DIR__ . '/../support/deployment.inc';
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

$settings = fpm_settings();
$directory = $settings['trove.directory'];
$cases = [
    'nothing' => [],
    'restrict_api' => ['opcache.restrict_api' => '/nowhere'],
    'disable_functions' => ['disable_functions' => 'opcache_reset'],
    'file_cache_only' => ['opcache.file_cache' => '{directory}', 'opcache.file_cache_only' => 1],
    'opcache.enable' => ['opcache.enable' => 0],
];
foreach ($cases as $what => $ini) {
    $segment = preg_replace('/\W/', '', $what);
    $fpm = new Fpm(1, ['trove.segment' => $segment] + $ini + $settings + STRICT_OPCACHE);
    $fpm->get('<?php echo 1;');
    // The worker is idle: it is asked through FastCGI, which needs no ping.path.
    [$output, $code] = trove_with_exit($directory, "--segment=$segment", 'reset', '--opcache=reset', '--wait=60', '--fcgi=' . $fpm->socket());
    preg_match('/^  opcache .*/m', $output, $match);
    echo "$what: $code,$match[0]\n";
    [$output, $code] = trove_with_exit($directory, "--segment=$segment", 'reset', '--wait=60', '--fcgi=' . $fpm->socket());
    echo str_repeat(' ', strlen($what)), "  $code without, ", preg_match('/fpm-fcgi +\d+  applied/', $output) ? 'applied' : $output, "\n";
    $fpm->stop();
}
$fpm = new Fpm(2, ['trove.segment' => 'pending'] + $settings + STRICT_OPCACHE);
$app = new Deployment;
$fpm->everywhere('<?php');
$busy = $fpm->send($app->script(), ['sleep' => 3000]);
usleep(200_000);
$fpm->get('<?php opcache_reset();');
[$output, $code] = trove_with_exit($directory, '--segment=pending', 'reset', '--opcache=reset', '--fcgi=' . $fpm->socket());
echo "pending: $code\n";
$busy->body();
--EXPECT--
nothing: 0,  opcache of 1 process: done
         0 without, applied
restrict_api: 11,  opcache of 1 process: opcache.restrict_api forbids it to the script that was asked for; another request may do it
              0 without, applied
disable_functions: 12,  opcache of 1 process: disable_functions has taken opcache's functions away
                   0 without, applied
file_cache_only: 13,  opcache of 1 process: opcache.file_cache_only is on: no reset reaches files
                 0 without, applied
opcache.enable: 9,  opcache is off in all of them: there is nothing to reset
                0 without, applied
pending: 10

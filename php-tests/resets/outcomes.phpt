--TEST--
What keeps opcache from being reset is reported; where another request may do it, that one does
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

$app = new Deployment;
$allowed = dirname($app->live);
$settings = fpm_settings();
$cases = [
    'nothing' => [],
    'restrict_api' => ['opcache.restrict_api' => $allowed],
    'disable_functions' => ['disable_functions' => 'opcache_reset'],
    'file_cache_only' => ['opcache.file_cache' => '{directory}', 'opcache.file_cache_only' => 1],
    'opcache.enable' => ['opcache.enable' => 0],
];
foreach ($cases as $what => $ini) {
    $fpm = new Fpm(1, ['trove.segment' => preg_replace('/\W/', '', $what)] + $ini + $settings + STRICT_OPCACHE);
    $outcome = '<?php echo json_encode(array_column(Trove\status()["resets"]["opcaches"], "outcome")), "\n";';
    $fpm->get($outcome);
    $fpm->get('<?php Trove\opcache_reset();');
    echo "$what: ", $fpm->get($outcome);
    $fpm->get($app->script());
    echo str_repeat(' ', strlen($what)), '  ', $fpm->get($outcome);
}
$fpm = new Fpm(2, ['trove.segment' => 'pending'] + $settings + STRICT_OPCACHE);
$begun = "$fpm->directory/begun";
$busy = $fpm->send("<?php touch('$begun'); usleep(3_000_000);");
while (!file_exists($begun)) {
    usleep(5000);
    clearstatcache();
}
$fpm->get('<?php opcache_reset();');
$fpm->get('<?php Trove\opcache_reset();');
echo 'pending: ', $fpm->get($outcome);
$busy->body();
--EXPECT--
nothing: ["done"]
         ["done"]
restrict_api: ["opcache.restrict_api forbids it"]
              ["done"]
disable_functions: ["disable_functions forbids it"]
                   ["disable_functions forbids it"]
file_cache_only: ["opcache.file_cache_only is on"]
                 ["opcache.file_cache_only is on"]
opcache.enable: []
                []
pending: ["a restart was pending"]

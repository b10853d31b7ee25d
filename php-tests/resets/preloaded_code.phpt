--TEST--
Preloaded code is reported: no reset reaches it
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
require __DIR__ . '/../support/command.inc';
$app = new Deployment;
$user = ['opcache.preload_user' => trim(shell_exec('id -un'))];
foreach ([[], ['opcache.preload' => "$app->live/src/part.php"] + $user] as $ini) {
    $app->switch_to('old');
    $settings = fpm_settings();
    $fpm = new Fpm(1, $settings + STRICT_OPCACHE + $ini);
    $part = '<?php function_exists("part") || require ' . var_export("$app->live/src/part.php", true) . '; echo part();';
    echo $fpm->get($part), ' ';
    $app->switch_to('new');
    $fpm->get('<?php Trove\reset();');
    echo $fpm->get($part), ' ', $fpm->get('<?php var_dump(Trove\status()["resets"]["opcaches"][0]["preloads"]);');
    echo '    the command: ', str_contains(trove($settings['trove.directory'], 'reset'), 'preloaded code (opcache.preload) stays') ? 'it stays' : '-', "\n";
    $fpm->stop();
}
--EXPECT--
old new bool(false)
    the command: -
old old bool(true)
    the command: it stays

--TEST--
A worker resets opcache in its first request as well, before opcache itself has begun that request
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

$settings = fpm_settings() + ['trove.segment' => 'web'];
$script = $settings['trove.directory'] . '/page.php';
foreach (['reset', "invalidate:$script"] as $how) {
    file_put_contents($script, '<?php echo "old";');
    $fpm = new Fpm(4, $settings + STRICT_OPCACHE);
    // One worker has had a request; the others have not, and take turns with it.
    $answers = [$fpm->get($script)];
    file_put_contents($script, '<?php echo "new";');
    [, $code] = trove_with_exit($settings['trove.directory'], '--segment=web', 'reset', "--opcache=$how");
    for ($i = 0; $i < 8; $i++) {
        $answers[] = $fpm->get($script);
    }
    echo strtok($how, ':'), ": exit code $code, ", implode(', ', array_unique($answers)), ' ',
        array_count_values($answers)['new'] ?? 0, "\n";
    $fpm->stop();
}
--EXPECT--
reset: exit code 0, old, new 8
invalidate: exit code 0, old, new 8

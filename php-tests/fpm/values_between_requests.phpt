--TEST--
What a request held is nothing to the next one: requests fetch right values while others overwrite them
--EXTENSIONS--
apcu
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$fpm = new Fpm(workers: 3, ini: fpm_settings('4M'));
$churn = '<?php require ' . var_export(__DIR__ . '/../support/churn.inc', true) . '; $end = microtime(true) + 3; do { churn(1); } while (microtime(true) < $end); echo "well\n";';
$reader = '<?php require ' . var_export(__DIR__ . '/../support/churn.inc', true) . <<<'CODE'
    ;
    class Holder { public static array $kept = []; }
    $keys = [];
    for ($i = 0, $bad = 0; $i < 200; $i++) {
        if (($value = apcu_fetch('value ' . $i % 20)) && $value['n'] !== 'overwritten') {
            $bad += !intact($value);
            Holder::$kept[] = $value;
            foreach ($value as $key => $part) {
                $keys[$key] = $part;
            }
        }
    }
    foreach (Holder::$kept as $value) {
        $bad += !intact($value);
    }
    echo $bad ? "$bad bad\n" : "well\n";
    CODE;
$churning = $fpm->send($churn);
$answers = [];
for ($end = microtime(true) + 3; microtime(true) < $end;) {
    $requests = [$fpm->send($reader), $fpm->send($reader)];
    foreach ($requests as $request) {
        $answers[] = $request->body();
    }
}
echo implode(array_unique($answers)), $churning->body(), preg_match('/signal|exited on|WARNING/', $fpm->log()) ? $fpm->log() : "all workers live\n";
--EXPECT--
well
well
all workers live

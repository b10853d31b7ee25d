--TEST--
A worker that has sent its response keeps its values while it works on
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
$fpm = new Fpm(workers: 2, ini: fpm_settings('4M'));
$support = '<?php require ' . var_export(__DIR__ . '/../support/churn.inc', true) . ';';
$fpm->get("$support churn(0);");
echo $fpm->get($support . <<<'CODE'
    for ($i = 0; $i < 20; $i++) {
        $values[] = apcu_fetch("value $i");
    }
    echo "sent\n";
    fastcgi_finish_request();
    while (!apcu_exists('churned')) {
        usleep(1000);
    }
    apcu_store('intact', count(array_filter($values, intact(...))));
    CODE);
$fpm->get("$support churn(3); apcu_store('churned', 1);");
for ($i = 0; $i < 1000 && !($intact = (int) $fpm->get('<?php echo apcu_fetch("intact");')); $i++) {
    usleep(5000);
}
echo "$intact intact\n";
--EXPECT--
sent
20 intact

--TEST--
A worker that is killed in a callback holds no other worker up
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
$fpm = new Fpm(workers: 3, ini: fpm_settings());
$fpm->get('<?php apcu_store("there", 1);');
for ($i = 0; $i < 5; $i++) {
    $victim = $fpm->send('<?php apcu_entry("key", function () { apcu_store("pid", getmypid()); sleep(90); });');
    while (!($pid = (int) $fpm->get('<?php echo apcu_fetch("pid");'))) {
        usleep(5000);
    }
    $waiting = $fpm->send('<?php echo apcu_entry("key", fn () => "computed");');
    $fpm->kill($pid);
    $start = microtime(true);
    echo $waiting->body(), ' ', $fpm->get('<?php echo apcu_fetch("there"), apcu_delete(["key", "pid"]) === [] ? " deleted" : "";'), ' ',
        $victim->body(), microtime(true) - $start > 30 ? 'late' : '', "\n";
}
--EXPECT--
computed 1 deleted 
computed 1 deleted 
computed 1 deleted 
computed 1 deleted 
computed 1 deleted 

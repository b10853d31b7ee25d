--TEST--
Every live entry is served after php-fpm was reloaded, stopped and started, or killed as a whole in the middle of its work
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

const ENTRIES = 5000;
$settings = fpm_settings('64M');
$fpm = new Fpm(3, $settings);
$fpm->get('<?php for ($i = 0; $i < ' . ENTRIES . '; $i++) apcu_store("key$i", ["n" => $i, "text" => str_repeat(chr(97 + $i % 26), $i % 3000)]);');
$count = '<?php for ($i = $served = 0; $i < ' . ENTRIES . '; $i++) $served += apcu_fetch("key$i") === ["n" => $i, "text" => str_repeat(chr(97 + $i % 26), $i % 3000)]; echo $served;';
$all = fn (Fpm $fpm) => $fpm->get($count) . ' of ' . ENTRIES . "\n";
$children = function () use (&$fpm) {
    preg_match_all('/[1-9]\d+/', (string) file_get_contents("/proc/{$fpm->master()}/task/{$fpm->master()}/children"), $pids);
    return array_map(intval(...), $pids[0]);
};
/** Waits until none of these processes is there. */
$gone = function (array $pids) {
    $runs = fn ($pid) => ($status = @file_get_contents("/proc/$pid/stat")) && !str_contains($status, ') Z');
    while (array_filter($pids, $runs)) {
        usleep(1000);
    }
};

$workers = $children();
$fpm->kill($fpm->master(), 'USR2');
$gone($workers);
echo 'reloaded: ', $all($fpm);

$fpm->stop();
$fpm = new Fpm(3, $settings);
echo 'stopped and started: ', $all($fpm);

// Workers that store, fetch and compute until they are killed, all at once, the master too.
$work = '<?php for (;;) { apcu_store("own" . random_int(0, 500), str_repeat("x", random_int(0, 9000))); apcu_fetch("key" . random_int(0, 4999)); apcu_entry("e" . random_int(0, 50), fn () => 1, 1); }';
for ($i = 0; $i < 3; $i++) {
    $busy[] = $fpm->send($work);
}
usleep(200_000);
$pids = [$fpm->master(), ...$children()];
array_map($fpm->kill(...), $pids);
$gone($pids);
$fpm->stop();
$fpm = new Fpm(3, $settings);
echo 'killed: ', $all($fpm);
echo $fpm->get('<?php echo apcu_store("new", 1), " ", count(Trove\status()["resets"]["workers"]) > 0 ? "usable" : "", "\n";');
--EXPECT--
reloaded: 5000 of 5000
stopped and started: 5000 of 5000
killed: 5000 of 5000
1 usable

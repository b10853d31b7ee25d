--TEST--
Requests that max_execution_time or request_terminate_timeout ends leave the caches whole, nobody waiting, and no memory lost
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
$fpm = new Fpm(
    workers: 2,
    ini: fpm_settings('8M') + ['display_errors' => 1, 'html_errors' => 0, 'max_execution_time' => 1],
    pools: ['short' => ['request_terminate_timeout' => '1s']],
);
$begin = '<?php require ' . var_export(dirname(__DIR__) . '/support/storm.inc', true) . ';';
for ($round = 0; $round < 2; $round++) {
    $fatal = [$fpm->send("$begin echo storm_work(60, $round);"), $fpm->send("$begin echo storm_work(60, 10 + $round);")];
    $killed = $fpm->send("$begin set_time_limit(0); echo storm_work(60, 20 + $round);", pool: 'short');
    foreach ($fatal as $request) {
        echo str_contains($request->body(), 'Maximum execution time of 1 second exceeded') ? "ended by PHP\n" : $request->body();
    }
    echo $killed->body() === '' ? "ended by php-fpm\n" : $killed->body();
    echo $fpm->get("$begin set_time_limit(0); echo storm_work(0.2, 30) ? 'others work on' : '', \"\\n\";");
}
echo $fpm->get("$begin set_time_limit(0); echo storm_look_at_all();"), $fpm->get("$begin echo storm_all_memory_is_free(4 << 20);"), "all is well\n";
--EXPECT--
ended by PHP
ended by PHP
ended by php-fpm
others work on
ended by PHP
ended by PHP
ended by php-fpm
others work on
all is well

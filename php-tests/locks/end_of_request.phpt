--TEST--
A worker's locks and computations end with its request, not with the worker
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
$fpm = new Fpm(workers: 2, ini: fpm_settings());
$ends = [
    'nothing special' => '',
    'exit' => 'exit;',
    'exception' => 'throw new Exception;',
    'fatal error' => 'ini_set("memory_limit", "8M"); str_repeat("x", 100_000_000);',
    'out of time' => 'set_time_limit(1); while (true);',
];
foreach ($ends as $name => $end) {
    // The lock is kept alive by a static variable, a circle and the computation by a fiber that nobody resumes.
    $fpm->get('<?php ini_set("display_errors", "0"); ini_set("log_errors", "0");
        final class Kept { public static $lock; public static $fiber; public $self; public $lock_too; }
        $cache = new Trove\Cache("jobs");
        Kept::$lock = $cache->lock("static", 3600);
        $circle = new Kept; $circle->self = $circle; $circle->lock_too = $cache->lock("circle", 3600); unset($circle);
        Kept::$fiber = new Fiber(fn () => $cache->remember("key", fn () => Fiber::suspend(), lease: 3600));
        Kept::$fiber->start();' . $end);
    $bodies = $fpm->everywhere('<?php $cache = new Trove\Cache("jobs"); $start = microtime(true);
        echo $cache->lock("static", 60, 20) ? "static " : "", $cache->lock("circle", 60, 20) ? "circle " : "",
            $cache->remember("key", fn () => "key"), microtime(true) - $start < 8 ? "" : " late";');
    $fpm->get('<?php (new Trove\Cache("jobs"))->delete("key");');
    echo "$name: ", implode(', ', $bodies), "\n";
}
--EXPECT--
nothing special: static circle key, static circle key
exit: static circle key, static circle key
exception: static circle key, static circle key
fatal error: static circle key, static circle key
out of time: static circle key, static circle key

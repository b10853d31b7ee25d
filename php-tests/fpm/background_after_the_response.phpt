--TEST--
remember(background: true): the response with the old value is sent before the worker computes the new one
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
$page = <<<'CODE'
    <?php
    $cache = new Trove\Cache('pages');
    register_shutdown_function(function () { echo "also printed at shutdown\n"; });
    ob_start();
    echo $cache->remember('page', function () use ($cache) {
        $cache->store('begun', getmypid());
        echo "nobody sees this\n";
        trigger_error('nor this', E_USER_WARNING);
        while (!$cache->has('finish')) {
            usleep(1000);
        }
        return "new\n";
    }, ttl: 3600, stale: 3600, background: true);
    CODE;
$fpm->get('<?php (new Trove\Cache("pages"))->store("page", "old\n", ttl: 0.01, stale: 3600);');
usleep(50_000);
$has = fn (string $key): int => (int) $fpm->get("<?php echo (int) (new Trove\Cache('pages'))->has('$key');");
// The computation does not end before we let it: that there is an answer shows that it was sent before.
echo $fpm->get($page);
while (!$has('begun')) {
    usleep(1000);
}
echo $fpm->get($page);
$fpm->get('<?php (new Trove\Cache("pages"))->store("finish", 1);');
while (!$has('page')) {
    usleep(1000);
}
echo $fpm->get($page);

// A worker that is killed meanwhile holds nobody up, and the old value is served until the next has computed.
$fpm->get('<?php $cache = new Trove\Cache("pages"); $cache->deleteMultiple(["begun", "finish"]); $cache->refresh("page");');
echo $fpm->get($page);
while (!($pid = (int) $fpm->get('<?php echo (new Trove\Cache("pages"))->fetch("begun");'))) {
    usleep(1000);
}
$fpm->kill($pid);
$fpm->get('<?php (new Trove\Cache("pages"))->store("finish", 1);');
echo $fpm->get(str_replace('"new\n"', '"newer\n"', $page));
while (!$has('page')) {
    usleep(1000);
}
echo $fpm->get($page);
--EXPECT--
old
also printed at shutdown
old
also printed at shutdown
new
also printed at shutdown
new
also printed at shutdown
new
also printed at shutdown
newer
also printed at shutdown

--TEST--
A request that reaches its memory limit anywhere in the cache's functions leaves nothing behind
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '8M', 'error_log' => '/dev/null']);
$writer = churner();
$fill = 'apcu_store("text", str_repeat("x", 2_000_000)); apcu_store("rows", array_map(fn ($i) => ["id" => $i, "name" => "row number $i"], range(1, 10_000)));
    apcu_store("objects", array_map(fn ($i) => (object) ["id" => $i, "name" => "object number $i"], range(1, 2000))); for ($i = 0; $i < 3000; $i++) { apcu_store("key $i", $i); }';
$uses = [
    'text' => 'apcu_fetch("text")', 'rows' => 'apcu_fetch("rows")', 'objects' => 'apcu_fetch("objects")',
    'many' => 'apcu_fetch(array_map(fn ($i) => "key $i", range(0, 2999)))', 'exists' => 'apcu_exists(array_map(fn ($i) => "key $i", range(0, 2999)))',
    'iterator' => 'iterator_to_array(new APCUIterator(null, APC_ITER_ALL, 5000))', 'info' => 'apcu_cache_info()',
    'store' => 'apcu_store("key", (object) ["p" => $all])', 'store, text' => 'apcu_store("key", serialize($all))',
    'entry' => 'apcu_entry("new", fn () => [$all, str_repeat("y", 100_000)])',
    'delete' => 'apcu_delete(array_map(fn ($i) => "none $i", range(0, 2999)))',
];
$ends = 0;
foreach (['on', 'off'] as $setting) {
    foreach ($uses as $name => $use) {
        $writer->run($fill);
        // It ends at another place each time.
        for ($limit = 0; $limit < 6; $limit++) {
            $output = Php::once(
                "ini_set('memory_limit', memory_get_usage(true) + (2 << 20)); \$all = [str_repeat('a', 150_000 * $limit)]; while (true) { \$all[] = $use; \$all[] = str_repeat('z', 30_000); }",
                ['trove.zero_copy' => $setting],
            );
            $ends += $ended = preg_match('/(Allowed memory size|Hard memory limit) of/', $output);
            $start = microtime(true);
            $answer = $writer->run('$key = "k" . mt_rand(); echo apcu_store($key, 1) && apcu_fetch($key) === 1 && apcu_delete($key) ? "well" : "wrong"; apcu_delete(["new", "key"]);');
            if (!$ended || $answer !== 'well' || microtime(true) - $start > 30) {
                echo "$name, zero_copy=$setting, $limit: $answer $output\n";
            }
        }
    }
}
echo $ends, " requests ended\n";
// Nothing that they held is held any more.
$writer->run('apcu_clear_cache();');
echo Php::once('echo apcu_store("large", str_repeat("x", 4_000_000)) ? "memory is free again" : "memory is lost", "\n";');
--EXPECT--
132 requests ended
memory is free again

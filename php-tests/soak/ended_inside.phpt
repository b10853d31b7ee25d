--TEST--
Whatever ends a request inside of whatever call, the same worker and all others go on with a whole cache
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
require __DIR__ . '/../support/ends.inc';
$fpm = new Fpm(workers: 1, ini: fpm_settings('16M') + ['display_errors' => 1, 'log_errors' => 0, 'html_errors' => 0, 'trove.ttl' => 0]);
$begin = '<?php require ' . var_export(dirname(__DIR__) . '/support/ends.inc', true) . ';';
$pid = $fpm->get('<?php echo getmypid();');
$fpm->get("$begin foreach (ends_calls() as \$call) { \$call(); }");
$check = "$begin Ends::\$how = 'well'; apcu_store('rows', [1]) && apcu_fetch('rows') === [1] && (new Trove\\Cache('ends'))->store('rows', [2], tags: ['tag']) && "
    . "apcu_entry('check ' . mt_rand(), fn () => 3) === 3 && (new Trove\\Cache('ends'))->lock('lock', 1.0) !== null || print('not usable'); echo getmypid();";
$endings = ['well' => 0, 'fatal' => 0, 'memory' => 0];
mt_srand($seed = random_int(0, 1 << 30));
foreach (array_keys(ends_calls()) as $number => $name) {
    $ends = [['exit', null], ['error', null], ['exception', null], ['memory', null]];
    for ($i = 0; $i < 10; $i++) {
        // Few bytes, and many: the limit is met at every allocation by and by.
        $ends[] = ['well', mt_rand(0, $i < 5 ? 20_000 : 400_000)];
    }
    foreach ($ends as [$how, $left]) {
        $answer = $fpm->get("$begin ends_run((int) \$_GET['number'], \$_GET['how'], \$_GET['left'] === '' ? null : (int) \$_GET['left']); echo 'well';",
            ['number' => $number, 'how' => $how, 'left' => (string) $left]);
        $ending = match (true) {
            str_contains($answer, 'Allowed memory size') => 'memory',
            str_contains($answer, 'Fatal error: Uncaught') => 'fatal',
            $answer === 'well', $answer === '' && $how === 'exit' => 'well',
            default => "with seed $seed, in $name, by $how, $left left: $answer",
        };
        $endings[$ending] = ($endings[$ending] ?? 0) + 1;
        $after = $fpm->get($check);
        $after === $pid || print("after $name by $how, $left left (seed $seed): $after\n");
    }
}
foreach (['well', 'fatal', 'memory'] as $ending) {
    echo $ending, ': ', $endings[$ending] > 30 ? 'often' : $endings[$ending], "\n";
    unset($endings[$ending]);
}
print_r($endings);
// Nothing is pinned or held by what was ended: all memory can be had.
$fpm->get('<?php foreach (Trove\Cache::all() as $cache) $cache->flush(); apcu_clear_cache();');
echo $fpm->get('<?php var_dump(apcu_store("large", str_repeat("x", 8 << 20)));');
echo preg_match('/signal|exited/', $fpm->log()) ? $fpm->log() : "the worker lives\n";
--EXPECT--
well: often
fatal: often
memory: often
Array
(
)
bool(true)
the worker lives

--TEST--
A fatal error inside of a store leaves nothing behind in the process, however many calls it ends
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
$fpm = new Fpm(workers: 1, ini: fpm_settings() + ['display_errors' => '0', 'log_errors' => '0']);
$code = <<<'CODE'
    <?php
    // Calls inside of calls, so that one error leaves many of each kind.
    class Nested
    {
        public function __construct(private int $left) { }
        public function __serialize(): array
        {
            $this->left || trigger_error('the end', E_USER_ERROR);
            $inner = new Nested($this->left - 1);
            match ($this->left % 4) {
                0 => apcu_store([1234567 => $inner]),
                1 => apcu_store(['name' => $inner]),
                2 => (new Trove\Cache('leak'))->store('key', $inner, 10, ['a tag', 'another']),
                3 => (new Trove\Cache('leak'))->storeMultiple([7654321 => [1, 2], 'key' => $inner], 10, ['a tag', 'another']),
            };
            return [];
        }
    }
    apcu_store('outer', new Nested(200));
    echo 'not reached';
    CODE;
$memory = fn (): int => (int) $fpm->get('<?php preg_match("/VmData:\s*(\d+) kB/", file_get_contents("/proc/self/status"), $match); echo $match[1];');
$storm = function () use ($fpm, $code): void {
    for ($i = 0; $i < 60; $i++) {
        ($body = $fpm->get($code)) === '' || print("$body\n");
    }
};
$storm();
$before = $memory();
for ($round = 0; $round < 6; $round++) {
    $storm();
}
// 360 errors, each ends 50 calls of each kind; the least that one can leave is 32 bytes, 560 KB in all.
$more = $memory() - $before;
echo $more < 280 ? 'no memory is lost' : "$more KB are lost", "\n";
--EXPECT--
no memory is lost

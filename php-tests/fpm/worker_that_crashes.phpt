--TEST--
A worker that crashes in the middle of a request loses what it has kept there, and the others keep the cache
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

$fpm = new Fpm(2, fpm_settings('8M') + ['trove.zero_copy' => 'on']);
$fpm->get('<?php apcu_store("kept", "of before"); for ($i = 0; $i < 60; $i++) apcu_store("large$i", str_repeat("x", 100_000));');
// It holds values of nearly the whole memory, and dies as by a bug in some extension.
$crash = '<?php for ($i = 0; $i < 60; $i++) $held[] = apcu_fetch("large$i"); exec("kill -SEGV " . getmypid()); sleep(60);';
for ($i = 0; $i < 3; $i++) {
    echo $fpm->get($crash) === '' ? 'crashed' : 'not crashed', ', ';
    echo $fpm->get('<?php echo apcu_fetch("kept"), ", "; apcu_delete(array_map(fn ($i) => "large$i", range(0, 59)));');
    // What it held can be had again: the memory would not hold both.
    echo $fpm->get('<?php $stored = 0; for ($i = 0; $i < 60; $i++) $stored += apcu_store("large$i", str_repeat("y", 100_000)); echo "$stored stored, ";');
    echo $fpm->get('<?php for ($i = $whole = 0; $i < 60; $i++) $whole += apcu_fetch("large$i") === str_repeat("y", 100_000); echo "$whole whole\n";');
}
--EXPECT--
crashed, of before, 60 stored, 60 whole
crashed, of before, 60 stored, 60 whole
crashed, of before, 60 stored, 60 whole

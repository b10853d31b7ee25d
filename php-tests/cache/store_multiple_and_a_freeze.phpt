--TEST--
A cache that is frozen in the middle of a storeMultiple() has all of its values or none, and what others have stored
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$ini = ['trove.segment' => 'test', 'trove.directory' => own_directory(), 'trove.memory' => '16M'];
$writer = new Php($ini);
$freezer = new Php($ini);
foreach ([$writer, $freezer] as $process) {
    $process->run('$c = new Trove\Cache("test"); $values = array_fill_keys(range(1, 3000), "value");');
}
$seen = ['none' => 0, 'all' => 0, 'parts' => 0];
$until = microtime(true) + 20;
for ($i = 0; $i < 100 && microtime(true) < $until; $i++) {
    $freezer->run('$c->flush(); $c->store("other", "stays");');
    $writer->send('try { $c->storeMultiple($values); } catch (Trove\CacheException) {}');
    $freezer->run("usleep(20 * $i); \$c->freeze();");
    $writer->receive();
    $found = (int) $freezer->run('echo count(array_filter($c->fetchMultiple(range(1, 3000)))) + 10000 * (int) ($c->fetch("other") === "stays");');
    $seen[match ($found) { 10000 => 'none', 13000 => 'all', default => 'parts' }]++;
}
$freezer->run('$c->flush();');
var_dump($seen['parts'], $seen['none'] + $seen['all'] > 0);
echo $writer->end(), $freezer->end();
?>
--EXPECT--
int(0)
bool(true)

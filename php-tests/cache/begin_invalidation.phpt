--TEST--
Between beginInvalidation() and commit() entries are stale at best; of a process that dies in between, they stay so
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$c = new Trove\Cache('test');
$states = fn () => implode(' ', array_map(fn ($key) => $c->entry($key)->state, ['before', 'between', 'other']));
$other = new Php();
$other->run('$c = new Trove\Cache("test");');
$c->store('before', 1, tags: ['t']);
$c->store('other', 1, tags: ['u']);

$change = $c->beginInvalidation(['t']);
$other->run('$c->store("between", 1, tags: ["t"]);');
echo $states(), "\n";
$change->commit();
$change->commit();
echo $states(), "\n";
$c->store('before', 1, tags: ['t']);
echo $states(), "\n";

echo "-- two at a time\n";
[$one, $two] = [$c->beginInvalidation(['t']), $c->beginInvalidation(['t', 'u'])];
$one->commit();
$c->store('between', 1, tags: ['t']);
echo $states(), "\n";
$two->commit();
$c->store('between', 1, tags: ['t']);
echo $states(), "\n";

echo "-- the object is dropped\n";
$c->storeMultiple(['before' => 1, 'other' => 1], tags: ['t']);
$c->beginInvalidation(['t']);
echo $states(), "\n";
$c->storeMultiple(['before' => 1, 'between' => 1, 'other' => 1], tags: ['t']);
echo $states(), "\n";

echo "-- the process dies\n";
$other->run('$change = $c->beginInvalidation(["t"], 0.2);');
$other->kill();
$c->store('between', 2, tags: ['t']);
echo $states(), "\n";
$until = microtime(true) + 20;
do {
    usleep(20_000);
    $c->store('between', 3, tags: ['t']);
} while ($c->entry('between')->state !== 'fresh' && microtime(true) < $until);
echo $states(), "\n";
?>
--EXPECT--
stale stale fresh
missing missing fresh
fresh missing fresh
-- two at a time
missing stale stale
missing fresh missing
-- the object is dropped
stale stale stale
fresh fresh fresh
-- the process dies
stale stale stale
stale fresh stale

--TEST--
What the command deletes, flushes or invalidates while its value is computed is not brought back by that
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
require __DIR__ . '/../support/command.inc';
own_segment();
$cache = new Trove\Cache('pages');
$deeds = [
    'nothing' => null,
    'delete' => ['delete', '--cache=pages', 'key'],
    'another key' => ['delete', '--cache=pages', 'another'],
    'delete --prefix' => ['delete', '--cache=pages', '--prefix=ke'],
    'delete --tag' => ['delete', '--cache=pages', '--tag=tag'],
    'invalidate-tag' => ['invalidate-tag', 'tag'],
    'of the cache' => ['invalidate-tag', '--cache=pages', 'tag'],
    'another tag' => ['invalidate-tag', 'another'],
    'refresh-tag' => ['refresh-tag', 'tag'],
    'refresh' => ['refresh', '--cache=pages', 'key'],
    'refresh --every-key' => ['refresh', '--cache=pages', '--every-key'],
    'flush' => ['flush'],
    'flush --cache' => ['flush', '--cache=pages'],
    'flush --apcu' => ['flush', '--apcu'],
    'reset --user' => ['reset', '--user=pages'],
];
$run = fn (?array $arguments) => $arguments && trove(ini_get('trove.directory'), ...$arguments);
foreach ([false, true] as $stale) {
    echo $stale ? "-- in place of a stale value\n" : "-- of nothing\n";
    foreach ($deeds as $name => $arguments) {
        if (!$stale && in_array($name, ['delete --prefix', 'delete --tag'])) {
            continue;
        }
        $cache->flush();
        if ($stale) {
            $cache->store('key', 'old', 100, ['tag'], 100);
            $cache->refresh('key');
        }
        $made = $cache->remember('key', function () use ($run, $arguments) {
            $run($arguments);
            return 'made of old data';
        }, tags: ['tag']);
        report($name, fn () => [$made, $cache->has('key'), $cache->entry('key')->state]);
    }
}

echo "-- apcu_entry\n";
$deeds = [
    'nothing' => null,
    'delete' => ['delete', 'key'],
    'flush' => ['flush'],
    'apcu:key:delete' => ['apcu:key:delete', 'key'],
    'apcu:cache:clear' => ['apcu:cache:clear'],
    'reset --user' => ['reset', '--user'],
];
foreach ($deeds as $name => $arguments) {
    apcu_clear_cache();
    $made = apcu_entry('key', function () use ($run, $arguments) {
        $run($arguments);
        return 'made of old data';
    });
    report($name, fn () => [$made, apcu_exists('key')]);
}
--EXPECT--
-- of nothing
nothing -> ['made of old data', true, 'fresh']
delete -> ['made of old data', false, 'missing']
another key -> ['made of old data', true, 'fresh']
invalidate-tag -> ['made of old data', false, 'missing']
of the cache -> ['made of old data', false, 'missing']
another tag -> ['made of old data', true, 'fresh']
refresh-tag -> ['made of old data', false, 'stale']
refresh -> ['made of old data', false, 'stale']
refresh --every-key -> ['made of old data', false, 'stale']
flush -> ['made of old data', false, 'missing']
flush --cache -> ['made of old data', false, 'missing']
flush --apcu -> ['made of old data', true, 'fresh']
reset --user -> ['made of old data', false, 'missing']
-- in place of a stale value
nothing -> ['made of old data', true, 'fresh']
delete -> ['made of old data', false, 'missing']
another key -> ['made of old data', true, 'fresh']
delete --prefix -> ['made of old data', false, 'missing']
delete --tag -> ['made of old data', false, 'missing']
invalidate-tag -> ['made of old data', false, 'missing']
of the cache -> ['made of old data', false, 'missing']
another tag -> ['made of old data', true, 'fresh']
refresh-tag -> ['made of old data', false, 'stale']
refresh -> ['made of old data', false, 'stale']
refresh --every-key -> ['made of old data', false, 'stale']
flush -> ['made of old data', false, 'missing']
flush --cache -> ['made of old data', false, 'missing']
flush --apcu -> ['made of old data', true, 'fresh']
reset --user -> ['made of old data', false, 'missing']
-- apcu_entry
nothing -> ['made of old data', true]
delete -> ['made of old data', false]
flush -> ['made of old data', false]
apcu:key:delete -> ['made of old data', false]
apcu:cache:clear -> ['made of old data', false]
reset --user -> ['made of old data', false]
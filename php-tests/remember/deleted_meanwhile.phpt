--TEST--
What is deleted or refreshed while its value is computed is not brought back by that, whoever computes and however it is deleted
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment(['trove.user_cache' => 1]);
$cache = new Trove\Cache('pages');
$other = new Php;
$other->run('$cache = new Trove\Cache("pages");');

/** Computes 'key' while another process does `$deed`; what the caller gets, whether it is fresh then, and its state. */
$compute = function (string $deed, mixed ...$options) use ($cache, $other) {
    $made = $cache->remember('key', function () use ($deed, $other) {
        $other->run($deed);
        return 'made of old data';
    }, ...$options);
    return [$made, $cache->has('key'), $cache->entry('key')->state];
};
$begin = function (bool $stale) use ($cache) {
    $cache->flush();
    if ($stale) {
        $cache->store('key', 'old', 100, ['tag'], 100);
        $cache->refresh('key');
    }
};
$deeds = [
    'nothing' => '',
    'delete' => '$cache->delete("key");',
    'deleteMultiple' => '$cache->deleteMultiple(["other", "key"]);',
    'stored and deleted' => '$cache->store("key", "new"); $cache->delete("key");',
    'deleteMatchingTags' => '$cache->deleteMatchingTags(["tag"]);',
    'deleteMatchingTags of all without' => '$cache->deleteMatchingTags([], ["another"]);',
    'refresh' => '$cache->refresh("key");',
    'refreshTags' => '$cache->refreshTags(["tag"]);',
    'refreshed, then deleted' => '$cache->refresh("key"); $cache->delete("key");',
    'UserCache' => 'UserCache\Cache::getPool("pages")->delete("key");',
    'another key' => 'for ($i = 0; $i < 1000; $i++) $cache->delete("key $i");',
];
foreach ([false, true] as $stale) {
    echo $stale ? "-- in place of a stale value\n" : "-- of nothing\n";
    foreach ($deeds as $name => $deed) {
        if ($stale || !str_starts_with($name, 'deleteMatching')) {
            $begin($stale);
            report($name, fn () => $compute($deed, tags: ['tag']));
        }
    }
}

echo "-- by the callback itself\n";
$begin(false);
report('delete', fn () => [$cache->remember('key', function () use ($cache) {
    $cache->delete('key');
    return 'made';
}), $cache->has('key')]);

echo "-- without a lease: another process has it\n";
foreach (['nothing' => '', 'delete' => $deeds['delete'], 'refresh' => $deeds['refresh']] as $name => $deed) {
    $begin(false);
    $slow = new Php;
    $slow->send('$cache = new Trove\Cache("pages");
        $cache->remember("key", function () use ($cache) {
            for ($cache->store("begun", 1); !$cache->has("finish"); usleep(1000));
            return "by the slow one";
        });');
    while (!$cache->has('begun')) {
        usleep(1000);
    }
    report($name, fn () => $compute($deed, wait: 0));
    // Nor does the other one bring it back.
    $cache->store('finish', 1);
    $slow->receive();
    report('later', fn () => $cache->fetch('key'));
}

echo "-- in the background\n";
foreach (['nothing' => '', 'delete' => $deeds['delete'], 'before it begins' => ''] as $name => $deed) {
    $begin(true);
    Php::once('$cache = new Trove\Cache("pages");
        $cache->remember("key", function () use ($cache) {
            shell_exec(' . var_export(Php::command() . ' -r ' . escapeshellarg("\$cache = new Trove\\Cache('pages'); $deed"), true) . ');
            return "made in the background";
        }, stale: 100, background: true);' . ($name === 'before it begins' ? '$cache->delete("key");' : ''));
    report($name, fn () => $cache->fetch('key'));
}

echo "-- by UserCache\\Cache\n";
foreach (['nothing' => '', 'delete' => $deeds['delete']] as $name => $deed) {
    $begin(false);
    $pool = UserCache\Cache::getPool('pages');
    report($name, fn () => [$pool->remember('key', fn () => $other->run($deed) . 'made'), $pool->has('key')]);
}
$other->end();
--EXPECT--
-- of nothing
nothing -> ['made of old data', true, 'fresh']
delete -> ['made of old data', false, 'missing']
deleteMultiple -> ['made of old data', false, 'missing']
stored and deleted -> ['made of old data', false, 'missing']
refresh -> ['made of old data', false, 'stale']
refreshTags -> ['made of old data', false, 'stale']
refreshed, then deleted -> ['made of old data', false, 'missing']
UserCache -> ['made of old data', false, 'missing']
another key -> ['made of old data', true, 'fresh']
-- in place of a stale value
nothing -> ['made of old data', true, 'fresh']
delete -> ['made of old data', false, 'missing']
deleteMultiple -> ['made of old data', false, 'missing']
stored and deleted -> ['made of old data', false, 'missing']
deleteMatchingTags -> ['made of old data', false, 'missing']
deleteMatchingTags of all without -> ['made of old data', false, 'missing']
refresh -> ['made of old data', false, 'stale']
refreshTags -> ['made of old data', false, 'stale']
refreshed, then deleted -> ['made of old data', false, 'missing']
UserCache -> ['made of old data', false, 'missing']
another key -> ['made of old data', true, 'fresh']
-- by the callback itself
delete -> ['made', false]
-- without a lease: another process has it
nothing -> ['made of old data', true, 'fresh']
later -> 'made of old data'
delete -> ['made of old data', false, 'missing']
later -> null
refresh -> ['made of old data', false, 'missing']
later -> null
-- in the background
nothing -> 'made in the background'
delete -> null
before it begins -> 'made in the background'
-- by UserCache\Cache
nothing -> ['made', true]
delete -> ['made', false]

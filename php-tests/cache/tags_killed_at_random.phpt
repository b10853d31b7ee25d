--TEST--
Killing processes while they store with tags, invalidate and delete by tag leaves the tags whole and nobody waiting
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment(['trove.memory' => '4M', 'error_log' => '/dev/null']);
$code = 'require ' . var_export(dirname(__DIR__) . '/support/storm.inc', true) . ';
    $c = new Trove\Cache("test");
    function work(Trove\Cache $c): void {
        for ($i = 0; $i < 200; $i++) {
            $key = "key " . mt_rand(0, 99);
            $tags = array_map(fn ($t) => "tag $t", (array) array_rand(range(0, 9), mt_rand(1, 3)));
            match (mt_rand(0, 9)) {
                0 => $c->delete($key),
                1 => $c->invalidateTags(["tag " . mt_rand(0, 9)]),
                2 => $c->deleteMatchingTags([$tags[0]]),
                3 => $c->storeMultiple([$key => $i, "$key again" => str_repeat("x", 300)], tags: $tags),
                4 => $c->keysByTag($tags[0]),
                5 => $c->beginInvalidation([$tags[0]], 0.01)->commit(),
                default => $c->store($key, [$i, $tags], tags: $tags),
            };
        }
    }';
$witness = new Php();
$witness->run($code);
mt_srand(11);
for ($i = 0; $i < 30; $i++) {
    $victim = new Php();
    $victim->run($code);
    $victim->send('while (true) { work($c); }');
    usleep(mt_rand(20_000, 60_000));
    $victim->kill();
    // What it had begun to invalidate dies soon, and is not to die between two looks.
    usleep(20_000);
    [$wrong, $blocked] = explode(' ', $witness->run('[$wrong, $start] = [0, hrtime(true) - storm_ran()];
        for ($t = 0; $t < 10; $t++) {
            foreach ($c->keysByTag("tag $t") as $key) {
                $wrong += !in_array("tag $t", $c->tags($key), true);
            }
        }
        foreach ($c->keys() as $key) {
            foreach ($c->tags($key) as $tag) {
                $wrong += !in_array($key, $c->keysByTag($tag), true);
            }
        }
        $c->store("mine", 1, tags: ["mine", "tag 1"]);
        $wrong += !$c->has("mine") || $c->keysByTag("mine") !== ["mine"];
        $c->invalidateTags(["mine"]);
        $wrong += $c->has("mine");
        echo $wrong, " ", (hrtime(true) - storm_ran() - $start) / 1e9;'));
    // What it neither ran nor waited for a processor.
    if ($wrong !== '0' || $blocked > 5) {
        echo "kill $i: $wrong wrong, waited for $blocked s\n";
    }
}
echo $witness->run('for ($t = 0; $t < 10; $t++) $c->invalidateTags(["tag $t"]); echo array_sum(array_map(fn ($t) => count($c->keysByTag("tag $t")), range(0, 9)));'), "\n";
echo $witness->end();
?>
--EXPECT--
0

--TEST--
A ttl of some milliseconds is kept to the millisecond: nothing is found after it, and not before long is it gone
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
// hrtime() and the cache look at the same clock, so this holds on a busy machine too: a look that began after the end finds nothing, and one that
// has ended before the ttl was over finds it. A millisecond is left for rounding.
$c = new Trove\Cache('test');
$looks = [
    'fetch' => fn () => $c->fetch('k') === 'value',
    'has' => fn () => $c->has('k'),
    'fetchMultiple' => fn () => $c->fetchMultiple(['k'])['k'] === 'value',
    'entry' => fn () => $c->entry('k')->state === 'fresh',
    'keys' => fn () => [...$c->keys()] === ['k'],
    'iteration' => fn () => iterator_to_array($c) === ['k' => 'value'],
    'keysByTag' => fn () => $c->keysByTag('t') === ['k'],
    'add' => fn () => !$c->add('k', 'value', 0.001),
    'remember' => fn () => $c->remember('k', fn ($computation) => [$computation->setCacheable(false)]) === 'value',
];
$wrong = [];
foreach ($looks as $name => $look) {
    for ($i = 0; $i < 60; $i++) {
        $ttl = 1 + $i % 7;
        $c->flush();
        $before = hrtime(true);
        $c->store('k', 'value', $ttl / 1000, ['t']);
        $after = hrtime(true);
        do {
            $begin = hrtime(true);
            $found = $look();
            $end = hrtime(true);
            if ($found && $begin > $after + ($ttl + 1) * 1_000_000) {
                $wrong[] = "$name: $ttl ms live " . ($begin - $after) / 1e6;
            }
            if (!$found && $end < $before + ($ttl - 1) * 1_000_000) {
                $wrong[] = "$name: $ttl ms are over after " . ($end - $before) / 1e6;
            }
        } while ($found);
    }
}
echo count($wrong), ' ', $wrong[0] ?? '', "\n";
?>
--EXPECT--
0 

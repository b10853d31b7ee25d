--TEST--
What is invalidated while a value is computed keeps the old value out
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('pages');
$article = 'first';
$show = function (Closure $meanwhile, array $tags = []) use ($cache, &$article) {
    return $cache->remember('page', function (Trove\Computation $computation) use (&$article, $meanwhile) {
        $read = $article;
        $meanwhile($computation);
        return "page with the $read article";
    }, tags: $tags);
};
$change = function () use (&$article, $cache) {
    $article = 'second';
    $cache->invalidateTags(['article']);
};
report('computed', fn () => $show($change, ['article']));
report('not stored', fn () => $cache->has('page'));
report('anew', fn () => $show(fn () => null, ['article']));
report('stored', fn () => $cache->fetch('page'));

$cache->delete('page');
report('by tags of the computation', fn () => $show(function ($computation) use ($change) {
    $change();
    $computation->addTags(['article']);
}));
report('not stored', fn () => $cache->has('page'));
report('by the cache', fn () => $show(fn () => $cache->flush()));
report('not stored', fn () => $cache->has('page'));
report('by another tag', fn () => $show(fn () => $cache->invalidateTags(['other']), ['article']));
report('stored', fn () => $cache->has('page'));
$cache->delete('page');
report('marked stale meanwhile', fn () => $show(fn () => $cache->refreshTags(['article']), ['article']));
report('stored as stale', fn () => [$cache->has('page'), $cache->remember('page', fn () => throw new Exception, staleIfError: 1)]);
--EXPECT--
computed -> 'page with the first article'
not stored -> false
anew -> 'page with the second article'
stored -> 'page with the second article'
by tags of the computation -> 'page with the second article'
not stored -> false
by the cache -> 'page with the second article'
not stored -> false
by another tag -> 'page with the second article'
stored -> true
marked stale meanwhile -> 'page with the second article'
stored as stale -> [false, 'page with the second article']

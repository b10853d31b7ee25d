--TEST--
Where Trove is switched off, stores return false, fetches miss, and nothing throws
--EXTENSIONS--
trove
--INI--
apc.enable_cli=0
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$c = new Trove\Cache('test', 5);
report('name', fn () => $c->name());
report('store', fn () => $c->store('k', 1, 5, ['t'], 5, Trove\Cache::token()));
report('fetch', fn () => [$c->fetch('k'), $c->fetch('k', 'default'), $c->has('k')]);
report('several', fn () => [$c->storeMultiple(['k' => 1]), $c->fetchMultiple(['k'], 0), $c->deleteMultiple(['k'])]);
report('add, replace, delete', fn () => [$c->add('k', 1), $c->replace('k', 1), $c->delete('k')]);
report('counters', fn () => [$c->increment('n', 2, 5), $c->decrement('n')]);
report('changes', fn () => [$c->compareAndSwap('k', null, 1), $c->touch('k'), $c->refresh('k')]);
report('entry', fn () => $c->entry('k')->state);
report('tags', fn () => [$c->invalidateTags(['t']), $c->refreshTags(['t']), $c->deleteMatchingTags(['t']), $c->keysByTag('t'), $c->countByTag('t'), $c->tags('k')]);
report('invalidation', fn () => $c->beginInvalidation(['t'])->commit());
report('iteration', fn () => [iterator_to_array($c), iterator_to_array($c->keys()), count($c), $c->flush()]);
report('info', fn () => [$c->info()->entries, Trove\Cache::all()]);
report('wrong all the same', fn () => $c->store('', 1));
?>
--EXPECT--
name -> 'test'
store -> false
fetch -> [null, 'default', false]
several -> [false, ['k' => 0], 0]
add, replace, delete -> [false, false, false]
counters -> [7, -1]
changes -> [false, false, false]
entry -> 'missing'
tags -> [null, null, 0, [], 0, []]
invalidation -> null
iteration -> [[], [], 0, null]
info -> [0, []]
wrong all the same -> ValueError: Trove\Cache::store(): Argument #1 ($key) must not be empty

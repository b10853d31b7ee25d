--TEST--
lock() gives the right to a name to one at a time, until it is released or its object is gone
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment();
$cache = new Trove\Cache('jobs');
$other = new Php;
$other->run('$cache = new Trove\Cache("jobs");');
$theirs = fn () => $other->run('echo ($lock = $cache->lock("import", 60)) ? "locked" : "refused"; $lock = null;');

$lock = $cache->lock('import', 60);
report('held', fn () => [$lock->isHeld(), $theirs(), $cache->lock('import', 60)]);
report('released', fn () => [$lock->release(), $lock->isHeld(), $theirs()]);
report('released twice', fn () => $lock->release());
$lock = $cache->lock('import', 60);
unset($lock);
report('object gone', $theirs);
$cache->lock('import', 60);
report('not kept', $theirs);
report('extended', fn () => [($lock = $cache->lock('import', 60))->extend(120), $lock->isHeld(), $lock->release(), $lock->extend(60)]);

// Names are those of one cache, and have nothing to do with its keys.
$lock = $cache->lock('import', 60);
report('another cache', fn () => (new Trove\Cache('others'))->lock('import', 60) !== null);
report('key', fn () => [$cache->has('import'), $cache->remember('import', fn () => $cache->lock('remembered', 1)->isHeld()), $cache->fetch('import')]);
$cache->flush();
report('flushed', fn () => [$lock->isHeld(), $theirs()]);
report('computed while it is held', fn () => $cache->remember('import', fn () => $cache->remember('lock', fn () => 'value')));
--EXPECT--
held -> [true, 'refused', null]
released -> [true, false, 'locked']
released twice -> false
object gone -> 'locked'
not kept -> 'locked'
extended -> [true, true, true, false]
another cache -> true
key -> [false, true, true]
flushed -> [true, 'refused']
computed while it is held -> 'value'

--TEST--
Where Trove is off, remember() computes each time, and nobody gets a lock
--EXTENSIONS--
trove
--INI--
apc.enable_cli=0
trove.enable_cli=0
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$cache = new Trove\Cache('pages');
$calls = 0;
$compute = function (Trove\Computation $computation) use (&$calls) {
    $computation->setTtl(60)->addTags(['tag']);
    return $computation->key() . ' ' . ++$calls;
};
report('computed', fn () => $cache->remember('key', $compute, tags: ['a']));
report('again', fn () => $cache->remember('key', $compute));
report('in the background', fn () => $cache->remember('key', $compute, background: true));
report('thrown', fn () => $cache->remember('key', fn () => throw new DomainException('no'), staleIfError: 10));
report('lock', fn () => $cache->lock('key', 1));
--EXPECT--
computed -> 'key 1'
again -> 'key 2'
in the background -> 'key 3'
thrown -> DomainException: no
lock -> null

--TEST--
What a callback throws comes through, nothing is stored, and the key is free for the next
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/report.inc';
own_segment();
$cache = new Trove\Cache('pages');
report('thrown', fn () => $cache->remember('key', fn () => throw new DomainException('no page')));
report('again', fn () => $cache->remember('key', fn () => throw new DomainException('still no page')));
report('here', fn () => $cache->remember('key', fn () => 'computed'));
report('thrown later', fn () => $cache->remember('deep', fn () => array_map(fn ($n) => intdiv($n, 0), [1])));
report('resource', fn () => $cache->remember('resource', fn () => STDIN));
report('closure', fn () => $cache->remember('closure', fn () => fn () => 1));
final class Refusing
{
    public function __serialize(): array
    {
        throw new LogicException('not me');
    }
}
report('refusing', fn () => $cache->remember('refusing', fn () => new Refusing));
report('stored', fn () => array_map($cache->has(...), ['deep', 'resource', 'closure', 'refusing']));

// Each of them lets another process compute at once.
foreach (['deep', 'resource', 'closure', 'refusing'] as $key) {
    echo Php::once("\$start = microtime(true); echo (new Trove\Cache('pages'))->remember('$key', fn () => 'theirs'),
        microtime(true) - \$start < 5 ? '' : ' late', ' ';");
}
echo "\n";

// While others wait, they take turns until one has no error.
$start = microtime(true);
$workers = [new Php, new Php, new Php];
foreach ($workers as $worker) {
    $worker->send('$cache = new Trove\Cache("pages"); $cache->increment("begun");
        echo $cache->remember("shared", function () use ($cache) {
            usleep(50_000);
            return $cache->increment("turns") < 3 ? throw new Exception("failed") : "computed";
        });');
}
$said = array_map(fn ($worker) => $worker->receive(), $workers);
sort($said);
echo implode(', ', $said), microtime(true) - $start < 8 ? '' : ' late', "\n";
--EXPECT--
thrown -> DomainException: no page
again -> DomainException: still no page
here -> 'computed'
thrown later -> DivisionByZeroError: Division by zero
resource -> TypeError: Trove\Cache::remember(): the value computed must not be a resource
closure -> Exception: Serialization of 'Closure' is not allowed
refusing -> LogicException: not me
stored -> [false, false, false, false]
theirs theirs theirs theirs 
Exception: failed, Exception: failed, computed

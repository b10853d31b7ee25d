--TEST--
A function of the cache gives the same whichever way PHP code calls it
--DESCRIPTION--
The hot functions do not go through the usual argument parser, so each call form of the engine is one more way to get it wrong.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
namespace App {
    require __DIR__ . '/../support/report.inc';

    class Service
    {
        public function __invoke(string $key): mixed
        {
            return apcu_fetch($key);
        }

        public static function fetchAll(string ...$keys): array
        {
            return array_map('apcu_fetch', $keys);
        }
    }

    apcu_store('list', ['a' => 1, 'b' => [2, 3]]);
    apcu_store('text', 'some text that is stored');

    report('unqualified in a namespace', fn () => apcu_fetch('text'));
    report('fully qualified', fn () => \apcu_fetch('text'));
    report('variable function', fn () => ($name = 'apcu_fetch')('text'));
    report('call_user_func', fn () => call_user_func('apcu_fetch', 'text'));
    report('call_user_func_array', fn () => call_user_func_array('apcu_fetch', ['text']));
    report('call_user_func_array, named', fn () => call_user_func_array('apcu_fetch', ['key' => 'text']));
    report('unpacked', fn () => apcu_fetch(...['text']));
    report('first-class callable', fn () => \apcu_fetch(...)('text'));
    report('Closure::fromCallable', fn () => \Closure::fromCallable('apcu_fetch')('text'));
    report('array_map', fn () => array_map('apcu_fetch', ['text', 'nowhere']));
    report('array_filter', fn () => array_filter(['text', 'nowhere'], 'apcu_exists'));
    report('static method', fn () => Service::fetchAll('list', 'text'));
    report('__invoke', fn () => (new Service)('text'));
    report('ReflectionFunction', fn () => (new \ReflectionFunction('apcu_fetch'))->invoke('text'));
    report('dereferenced', fn () => apcu_fetch('list')['b'][1]);
    report('string offset', fn () => apcu_fetch('text')[5]);
    report('list()', function () {
        ['a' => $a, 'b' => [, $b]] = apcu_fetch('list');
        return [$a, $b];
    });
    report('match', fn () => match (apcu_fetch('text')) { 'some text that is stored' => 'matched', default => 'not' });
    report('interpolated key', function () {
        $part = 'ex';
        return apcu_fetch("t{$part}t");
    });
    report('generator', fn () => iterator_to_array((function () { yield from apcu_fetch('list'); })()));
    report('by value to a reference', fn () => end(apcu_fetch('list')));
    apcu_fetch('list');             // result not used
    report('nested', fn () => strlen(apcu_fetch('text')) + count(apcu_fetch('list')));
    report('as an argument of a store', fn () => apcu_store('copy', apcu_fetch('list')) && apcu_fetch('copy') === apcu_fetch('list'));
    report('key from another fetch', fn () => [apcu_store('pointer', 'text'), apcu_fetch(apcu_fetch('pointer'))]);
    report('key that is a reference', function () {
        $key = 'text';
        $reference = &$key;
        return [apcu_fetch($reference), apcu_exists($reference), $key];
    });
}
--EXPECT--
unqualified in a namespace -> 'some text that is stored'
fully qualified -> 'some text that is stored'
variable function -> 'some text that is stored'
call_user_func -> 'some text that is stored'
call_user_func_array -> 'some text that is stored'
call_user_func_array, named -> 'some text that is stored'
unpacked -> 'some text that is stored'
first-class callable -> 'some text that is stored'
Closure::fromCallable -> 'some text that is stored'
array_map -> ['some text that is stored', false]
array_filter -> ['text']
static method -> [['a' => 1, 'b' => [2, 3]], 'some text that is stored']
__invoke -> 'some text that is stored'
ReflectionFunction -> 'some text that is stored'
dereferenced -> 3
string offset -> 't'
list() -> [1, 3]
match -> 'matched'
interpolated key -> 'some text that is stored'
generator -> ['a' => 1, 'b' => [2, 3]]
by value to a reference -> Notice: Only variables should be passed by reference | [2, 3]
nested -> 26
as an argument of a store -> true
key from another fetch -> [true, 'some text that is stored']
key that is a reference -> ['some text that is stored', true, 'text']

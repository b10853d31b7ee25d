--TEST--
An iterator that lives until the very end of the request does not touch the regular expressions that are gone by then
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
--SKIPIF--
<?php
if (!trim((string) shell_exec('command -v valgrind'))) die('skip needs valgrind');
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$code = <<<'CODE'
    class Holder { public static $iterator; public $self; public $iterators; }
    apcu_store('key', 1);
    Holder::$iterator = new APCUIterator('/k/');
    foreach (Holder::$iterator as $key => $item) {
        echo $key, "\n";
    }
    $cycle = new Holder;
    $cycle->self = $cycle;
    $cycle->iterators = [new APCUIterator('/e/'), new APCUIterator('/k/')];
    echo count(iterator_to_array($cycle->iterators[0])), "\n";
    CODE;
echo Php::once($code, ['pcre.jit' => 0], 'USE_ZEND_ALLOC=0 valgrind -q --error-exitcode=9 --exit-on-first-error=yes');
--EXPECT--
key
1

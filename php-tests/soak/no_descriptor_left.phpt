--TEST--
A process that has no file descriptor left uses the cache as before, or is told why it has none; with descriptors again, all is well
--EXTENSIONS--
trove
pcntl
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$ini = ['trove.segment' => 'test', 'trove.directory' => own_directory(), 'apc.enable_cli' => 1, 'error_log' => '/dev/null'];
$use = <<<'CODE'
    $cache = new Trove\Cache('test');
    $use = function () use ($cache) {
        $answers = [apcu_store('key', ['value']), apcu_fetch('key') === ['value'], apcu_entry('entry', fn () => 1) === 1, apcu_inc('counter') > 0, $cache->store('key', [1], tags: ['tag']),
            $cache->fetch('key') === [1], $cache->remember('remember', fn () => 2) === 2, $cache->keysByTag('tag') === ['key'], (bool) $cache->lock('lock', 1.0)];
        if (($child = pcntl_fork()) === 0) {
            exit(apcu_fetch('key') === ['value'] && apcu_store('child', 1) ? 0 : 1);
        }
        pcntl_waitpid($child, $status);
        return [...$answers, pcntl_wexitstatus($status) === 0];
    };
    $exhaust = function () use (&$files) { while ($files[] = @fopen('/dev/null', 'r')); };
    CODE;
$prefix = 'prlimit --nofile=40';
echo Php::once("$use \$use(); \$exhaust(); echo array_search(false, \$use(), true) === false ? 'as before' : 'fails', PHP_EOL; \$files = []; var_dump(!in_array(false, \$use(), true));", $ini, $prefix);
// Where the cache would be opened with the first use: it works, or does not, and says so; it works for everybody else.
echo Php::once("$use \$exhaust(); \$first = \$use(); \$files = []; \$then = \$use(); var_dump(count(array_unique(\$first)) <= 2, count(array_unique(\$then)) <= 2);", $ini, $prefix);
echo Php::once("$use var_dump(!in_array(false, \$use(), true));", $ini);
--EXPECT--
as before
bool(true)
bool(true)
bool(true)
bool(true)

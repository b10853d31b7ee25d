--TEST--
Trove\poll() applies in a process without requests what was reset, once; stat_clear() forgets paths there
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../support/deployment.inc';

$settings = fpm_settings() + ['trove.segment' => 'default'];
[$worker, $other] = [new Php($settings), new Php($settings)];
$poll = fn () => $worker->run('var_dump(Trove\poll());');
$entries = fn () => $worker->run('echo implode(" ", array_intersect(["/usr/bin", "/usr/lib"], array_keys(realpath_cache_get()))), "\n";');
echo 'at first: ', $poll();
$worker->run('realpath("/usr/bin"); realpath("/usr/lib");');
echo 'knows ', $entries(), 'polls: ', $poll();
$other->run('Trove\stat_clear("/usr/bin");');
echo 'not before it polls: ', $entries(), 'polls: ', $poll(), 'forgets one: ', $entries();
$other->run('Trove\stat_clear();');
echo 'polls: ', $poll(), 'forgets all: ', $entries(), 'again: ', $poll();
echo $other->run('foreach (Trove\status()["resets"]["workers"] as $w) echo "$w[sapi] $w[state]\n";');
--EXPECT--
at first: bool(false)
knows /usr/bin /usr/lib
polls: bool(false)
not before it polls: /usr/bin /usr/lib
polls: bool(true)
forgets one: /usr/lib
polls: bool(true)
forgets all: 
again: bool(false)
cli applied
cli applied

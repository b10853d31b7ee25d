--TEST--
A segment in use keeps its size where trove.memory has changed, and status and phpinfo say so; unused, it is made anew
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';

$ini = ['trove.segment' => 'sizes', 'trove.directory' => own_directory()];
$show = <<<'PHP'
    $status = Trove\status();
    echo json_encode([$status['capacity'], $status['other_size'], apcu_fetch('key')]), "\n";
    ob_start();
    (new ReflectionExtension('trove'))->info();
    preg_match('/^Size asked for.*/m', ob_get_clean(), $row);
    echo $row[0] ?? 'no row', "\n";
    PHP;

$user = new Php($ini + ['trove.memory' => '2M']);
echo $user->run('apcu_store("key", 1);' . $show);
echo "-- in use\n", Php::once($show, $ini + ['trove.memory' => '3M']);
echo $user->end();
echo "-- not in use\n", Php::once($show, $ini + ['trove.memory' => '3M']);
--EXPECTF--
[2097152,"",1]
no row
-- in use
[2097152,"3145728 bytes, for %d entries: the segment was made with other sizes, and is made anew when no process uses it (stop PHP, then start it)",1]
Size asked for => 3145728 bytes, for %d entries: the segment was made with other sizes, and is made anew when no process uses it (stop PHP, then start it)
-- not in use
[3145728,"",false]
no row

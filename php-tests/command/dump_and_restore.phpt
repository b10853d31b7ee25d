--TEST--
What trove dump writes, trove restore gives to another segment: every value, its class, its ttl
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

const VALUES = <<<'PHP'
    class Point { public int $x = 1; protected $y = [1, 'two']; private $z = null; }
    $shared = new Point;
    $values = [null, true, -7, 0.1, "bytes \xff\0", ['a' => [1.5, false], 7 => 'x'], new Point, [$shared, $shared],
        new ArrayObject([1, 2]), new DateTimeImmutable('2020-01-01 UTC')];
PHP;
[$from, $to] = [own_directory(), own_directory()];
$settings = fn (string $directory) => ['trove.segment' => 'test', 'trove.directory' => $directory, 'trove.memory' => '2M'];
$old = new Php($settings($from));
$old->run(VALUES . 'foreach ($values as $n => $value) apcu_store("v$n", $value, $n * 1000);');
echo trove($from, 'dump', "$from/dump") === "10 entries written to $from/dump\n" ? "written\n" : 'not written';

$new = new Php($settings($to));
$new->run('apcu_store("v2", "newer");');
echo trove($to, 'restore', "$from/dump");
echo $new->run(VALUES . <<<'PHP'
    foreach ($values as $n => $value) {
        $found = apcu_fetch("v$n");
        $ttl = apcu_key_info("v$n")['ttl'];
        if ($found != $value || serialize($found) !== serialize($value)) {
            echo "v$n: ";
            var_dump($found);
        }
        if (abs($ttl - $n * 1000) > 2 && $n !== 2) {
            echo "v$n: ttl $ttl\n";
        }
    }
    [$a, $b] = apcu_fetch('v7');
    var_dump($a === $b);
PHP);
// Read without PHP, an array that lies there as PHP's own structures cannot be shown.
echo substr(trove($to, 'get', 'v5', '--php', '/bin/true'), -12);
echo trove($to, 'restore', "$from/dump", '--overwrite', '--as-text');
echo trove($to, 'get', 'v5', '--raw', '--php', '/bin/true'), "\n";
$new->run('apcu_store("v2", "newer");');
file_put_contents("$from/dump", substr(file_get_contents("$from/dump"), 0, -1));
echo str_replace($from, '', trove($to, 'restore', "$from/dump", '--overwrite'));
echo $new->run('var_dump(apcu_fetch("v2"));');
?>
--EXPECT--
written
9 entries stored
1 were there already and stay (--overwrite replaces them)
v2: string(5) "newer"
bool(true)
exit code 6
10 entries stored
a:2:{s:1:"a";a:2:{i:0;d:1.5;i:1;b:0;}i:7;s:1:"x";}
trove: /dump: it ends after 10 entries, in the middle; nothing was changed
exit code 2
string(5) "newer"

--TEST--
Processes that name the same segment share it; another name is another cache
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory();
$shared = ['trove.directory' => $directory, 'trove.segment' => 'shared', 'trove.memory' => '4M'];
$a = new Php($shared);
$b = new Php($shared);
$other = new Php(['trove.segment' => 'other'] + $shared);
$alone = new Php(['apc.enable_cli' => 1]);
$a->run('class Point { public function __construct(public int $x, private array $list) { } } apcu_store(["array" => ["k" => [1, "two"]], "object" => new Point(5, ["a"]), "n" => 1]);');
echo $b->run('class Point { public function __construct(public int $x, private array $list) { } } echo json_encode(apcu_fetch("array")), var_export(apcu_fetch("object"), true), apcu_inc("n");'),
    "\n";
echo $a->run('echo apcu_fetch("n");'), $other->run('var_dump(apcu_fetch("n"));'), $alone->run('var_dump(apcu_fetch("n"));');
echo $a->end(), $b->end();
$later = new Php($shared);
echo 'after both have ended: ', $later->run('echo apcu_fetch("n");'), "\n";
foreach ([$later, $other, $alone] as $process) {
    echo $process->end();
}
foreach (glob("$directory/*") as $file) {
    printf("%o %s\n", fileperms($file) & 0777, preg_match('/shared|other/', basename($file), $name) ? $name[0] : $file);
}
--EXPECT--
{"k":[1,"two"]}\Point::__set_state(array(
   'x' => 5,
   'list' => 
  array (
    0 => 'a',
  ),
))2
2bool(false)
bool(false)
after both have ended: 2
600 other
600 shared

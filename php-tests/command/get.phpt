--TEST--
trove get shows every kind of value as PHP code, and objects without running any of their code
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

$directory = own_directory();
$php = new Php(['trove.segment' => 'test', 'trove.directory' => $directory, 'trove.memory' => '2M']);
$php->run(<<<'PHP'
    class Point
    {
        public int $x = 1;
        protected $y = [1, 'two'];
        private $z = null;
        public function __wakeup() { exit('code of the application runs'); }
    }
    final class Plain { public $self; protected $n = 7; }
    $circle = new Plain;
    $circle->self = $circle;
    foreach ([null, true, -7, 0.1, 1e100, "text\n", ['a' => [1.5, false], 7 => 'x'], new Point, new Plain, $circle, new DateTime('2020-01-01 UTC')] as $n => $value) {
        apcu_store("v$n", $value);
    }
PHP);
for ($n = 0; $n <= 10; $n++) {
    echo preg_replace('/.*?^(value[^:]*?)(?:, read by [^\n]*?)?:\n/ms', "-- v$n\n", trove($directory, 'get', "v$n"));
}
echo trove($directory, 'get', 'v6', '--raw');
$answer = json_decode(trove($directory, 'get', 'v8', '--json'), true)[0];
echo json_encode($answer['value']), ' ', $answer['type'], ' ', str_contains($answer['read_by'], PHP_VERSION) ? 'by this PHP' : 'by another', "\n";
echo trove($directory, 'get', 'nothing');
?>
--EXPECT--
-- v0
null
-- v1
true
-- v2
-7
-- v3
0.1
-- v4
1E100
-- v5
"text\n"
-- v6
array (
  'a' => 
  array (
    0 => 1.5,
    1 => false,
  ),
  7 => 'x',
)
-- v7
\__PHP_Incomplete_Class::__set_state(array(
   '__PHP_Incomplete_Class_Name' => 'Point',
   'x' => 1,
   'y' => 
  array (
    0 => 1,
    1 => 'two',
  ),
   'z' => NULL,
))
-- v8
\__PHP_Incomplete_Class::__set_state(array(
   '__PHP_Incomplete_Class_Name' => 'Plain',
   'self' => NULL,
   'n' => 7,
))
-- v9
__PHP_Incomplete_Class Object
(
    [__PHP_Incomplete_Class_Name] => Plain
    [self] => __PHP_Incomplete_Class Object
 *RECURSION*
    [n:protected] => 7
)
-- v10
\DateTime::__set_state(array(
   'date' => '2020-01-01 00:00:00.000000',
   'timezone_type' => 3,
   'timezone' => 'UTC',
))
array (
  'a' => 
  array (
    0 => 1.5,
    1 => false,
  ),
  7 => 'x',
)
{"__class":"Plain","self":null,"n":7} object by this PHP
trove: there is no key "nothing" in cache (apcu) (--cache NAME looks in another one); trove keys lists them
exit code 5

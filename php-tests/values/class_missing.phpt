--TEST--
A class that is not loaded is autoloaded at the fetch, once; one that nobody has becomes __PHP_Incomplete_Class
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/values.inc';
own_segment();
$writer = new Php;
echo $writer->run(<<<'CODE'
    class First { public $a = ['x']; private $b = 2; protected ?Second $c = null; public function set($c) { $this->c = $c; return $this; } }
    class Second { public $list = [1, 2, ['deep' => 'text']]; }
    enum Third { case One; }
    apcu_store('value', ['text', (new First)->set(new Second), Third::One, (object) ['x' => new Second]]);
    apcu_store('missing', [new Second, new First, 'x' => (new First)->set(new Second)]);
    apcu_store('missing text', serialize(apcu_fetch('missing')));
    CODE);
$require = 'require ' . var_export(__DIR__ . '/../support/values.inc', true) . ';';
foreach (['auto', 'off'] as $zero_copy) {
    $ini = ['trove.zero_copy' => $zero_copy];
    echo "zero-copy $zero_copy\n";
    echo Php::once($require . <<<'CODE'
        spl_autoload_register(function ($class) {
            echo "autoload $class ", describe(apcu_exists('value')), "\n";
            apcu_delete('value');       // the value that is being fetched
            apcu_store('kept', $class . str_repeat('.', 100));
            $GLOBALS['names'][] = $class;
            eval(['First' => 'class First { public $a; private $b; protected ?Second $c = null; public $new = 1; }', 'Second' => 'class Second { public $list; }', 'Third' => 'enum Third { case One; }'][$class]);
        });
        $value = apcu_fetch('value');
        for ($i = 0; $i < 1000; $i++) {
            apcu_store("other $i", str_repeat('overwritten ', 20));
        }
        echo describe($value), "\n", implode(',', $names), "\n";
        apcu_store('value', $value);
        CODE, $ini);
    echo Php::once($require . <<<'CODE'
        spl_autoload_register(function ($class) { echo "autoload $class\n"; });
        $value = apcu_fetch('missing');
        echo describe($value), "\n";
        array_map(spl_autoload_unregister(...), spl_autoload_functions());
        echo describe(unserialize(apcu_fetch('missing text'))) === describe($value) ? 'same' : 'other', "\n", serialize($value) === apcu_fetch('missing text') ? 'same' : 'other', "\n";
        apcu_store('incomplete', $value);
        echo serialize(apcu_fetch('incomplete')) === apcu_fetch('missing text') ? 'same' : 'other', "\n";
        CODE, $ini);
    echo Php::once($require . <<<'CODE'
        ini_set('unserialize_callback_func', 'define_class');
        function define_class($class) { echo "callback $class\n"; if ($class !== 'Second') eval("class $class { public \$of_the_callback; public \$a; }"); }
        echo outcome(fn () => apcu_fetch('missing')), "\n";
        CODE, $ini);
    echo Php::once($require . <<<'CODE'
        spl_autoload_register(function ($class) { throw new Exception("no $class"); });
        echo outcome(fn () => apcu_fetch('missing')), "\n";
        CODE, $ini);
}
--EXPECT--
zero-copy auto
autoload First true
autoload Second false
autoload Third false
[0 => "text", 1 => #0 First ["a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #1 Second ["list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], "new" => 1], 2 => Third::One, 3 => #2 stdClass ["x" => #3 Second ["list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
First,Second,Third
autoload Second
autoload First
[0 => #0 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], 1 => #1 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "First", "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => NULL], "x" => #2 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "First", "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #3 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
same
same
same
callback Second
callback First
callback Second
[0 => #0 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], 1 => #1 First ["of_the_callback" => NULL, "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => NULL], "x" => #2 First ["of_the_callback" => NULL, "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #3 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
  Function define_class() hasn't defined the class it was called for
  Creation of dynamic property First::$b is deprecated
  Creation of dynamic property First::$c is deprecated
  Creation of dynamic property First::$b is deprecated
  Creation of dynamic property First::$c is deprecated
  Function define_class() hasn't defined the class it was called for
thrown
  Exception: no Second
zero-copy off
autoload First true
autoload Second false
autoload Third false
[0 => "text", 1 => #0 First ["a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #1 Second ["list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], "new" => 1], 2 => Third::One, 3 => #2 stdClass ["x" => #3 Second ["list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
First,Second,Third
autoload Second
autoload First
[0 => #0 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], 1 => #1 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "First", "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => NULL], "x" => #2 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "First", "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #3 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
same
same
same
callback Second
callback First
callback Second
[0 => #0 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]], 1 => #1 First ["of_the_callback" => NULL, "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => NULL], "x" => #2 First ["of_the_callback" => NULL, "a" => [0 => "x"], "\000First\000b" => 2, "\000*\000c" => #3 __PHP_Incomplete_Class ["__PHP_Incomplete_Class_Name" => "Second", "list" => [0 => 1, 1 => 2, 2 => ["deep" => "text"]]]]]
  Function define_class() hasn't defined the class it was called for
  Creation of dynamic property First::$b is deprecated
  Creation of dynamic property First::$c is deprecated
  Creation of dynamic property First::$b is deprecated
  Creation of dynamic property First::$c is deprecated
  Function define_class() hasn't defined the class it was called for
thrown
  Exception: no Second

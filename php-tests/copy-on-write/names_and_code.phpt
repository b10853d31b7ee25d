--TEST--
Fetched strings serve as names, patterns, paths and code
--DESCRIPTION--
The engine keeps such strings in its own tables, or compares them by pointer; some of them outlive the variable.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
$values = [
    'function' => 'fetched_function', 'class' => 'FetchedClass', 'method' => 'fetchedMethod', 'property' => 'fetchedProperty',
    'constant' => 'FETCHED_CONSTANT', 'static' => 'FetchedClass::fetchedStatic',
    'pattern' => '/^(fetched) (?<name>\w+)$/i', 'code' => 'function fetched_function($x) { return "called with $x"; } #[AllowDynamicProperties] class FetchedClass { const C = "class constant"; public $fetchedProperty = "p"; public static $s = "s";
        function fetchedMethod(...$a) { return $a; } static function fetchedStatic($x = "d") { return "static $x"; } }',
    'file' => sys_get_temp_dir() . '/trove-fetched-' . getmypid() . '.php', 'variable' => 'fetched_variable',
    'callable' => ['FetchedClass', 'fetchedStatic'], 'arguments' => ['x' => 'named argument'],
    'names' => ['one_name', 'two_name'], 'encoding' => 'UTF-8', 'env' => 'TROVE_FETCHED=environment', 'zone' => 'Europe/Berlin',
    'include' => '<?php return "included " . __FUNCTION__ . FetchedClass::C;',
    'label' => 'a_label_that_is_used_as_a_key', 'precision' => '5', 'path' => '/nowhere:/nothing', 'message' => 'a message that was fetched',
    'scheme' => 'fetchedscheme', 'iniarray' => ['key' => ['nested' => 'value']],
];
apcu_store($values);
$f = apcu_fetch(...);
function show(string $name, mixed $value): void
{
    echo $name, ': ', is_string($value) ? $value : json_encode($value), "\n";
}
header($f('scheme') . ': ' . $f('message'));
eval($f('code'));
show('function', $f('function')(1));
show('function_exists', function_exists($f('function')));
show('call_user_func', call_user_func($f('function'), 2));
show('array_map', array_map($f('function'), [3]));
$class = $f('class');
$object = new $class;
show('class', $object::class);
show('class constant', constant($f('class') . '::C'));
show('method', $object->{$f('method')}('argument', ...$f('arguments')));
show('property', $object->{$f('property')});
$object->{$f('property')} = $f('message');
$object->{$f('label')} = $f('message');
show('properties', $object);
show('static', $f('static')());
show('callable', $f('callable')(...$f('arguments')));
show('call_user_func_array', call_user_func_array($f('callable'), $f('arguments')));
show('is_callable', is_callable($f('callable')));
show('Closure', Closure::fromCallable($f('callable'))('closure'));
show('method_exists', [method_exists($f('class'), $f('method')), property_exists($f('class'), $f('property'))]);
show('is_a', [$object instanceof $class, is_a($object, $f('class')), get_parent_class($f('class'))]);
show('class_alias', class_alias($f('class'), $f('label')));
show('alias', (new ReflectionClass($f('label')))->getName());
show('define', define($f('constant'), $f('iniarray')));
show('constant', constant($f('constant')));
show('constant in code', FETCHED_CONSTANT['key']);
${$f('variable')} = $f('message');
show('variable', $fetched_variable . $GLOBALS[$f('variable')]);
[$one_name, $two_name] = [1, 2];
show('compact', compact($f('names')));
show('preg_match', [preg_match($f('pattern'), 'Fetched thing', $match), $match]);
show('preg_match again', [preg_match($f('pattern'), 'nothing'), preg_replace($f('pattern'), '$2', 'fetched name')]);
file_put_contents($f('file'), $f('include'));
show('include', include $f('file'));
show('require_once', require_once $f('file'));
show('included files', in_array(realpath($f('file')), array_map('realpath', get_included_files())));
unlink($f('file'));
show('putenv', [putenv($f('env')), getenv('TROVE_FETCHED')]);
show('timezone', [date_default_timezone_set($f('zone')), date_default_timezone_get(), (new DateTimeZone($f('zone')))->getName()]);
show('ini_set', [ini_set('precision', $f('precision')), ini_get('precision'), 1 / 3 . '']);
show('set_include_path', [set_include_path($f('path')) !== false, get_include_path()]);
show('ini_set, twice', [ini_set('user_agent', $f('message')), ini_set('user_agent', $f('label')), ini_get('user_agent')]);
ini_restore('precision');
show('setlocale', setlocale(LC_ALL, 'C', $f('encoding')));
set_error_handler(function (int $level, string $message) {
    show('error handler', $message);
    return true;
});
trigger_error($f('message'));
restore_error_handler();
show('error handler by name', set_error_handler($f('function')));
restore_error_handler();
try {
    throw new LogicException($f('message'));
} catch (LogicException $e) {
    show('exception', $e->getMessage());
}
spl_autoload_register($f('function'));
show('autoload', class_exists($f('scheme')));
show('autoload functions', spl_autoload_functions());
spl_autoload_unregister($f('function'));
ob_start($f('function'));
echo $f('message');
ob_end_flush();
echo "\n";
show('stream context', stream_context_get_options(stream_context_create(['http' => $f('iniarray')])));
stream_wrapper_register($f('scheme'), $f('class'));
show('stream wrapper', in_array($f('scheme'), stream_get_wrappers()));
show('filter', stream_filter_register($f('label'), 'php_user_filter'));
ini_set('unserialize_callback_func', $f('function'));
show('unserialize callback', @unserialize('O:7:"Nowhere":0:{}')::class);
show('array key', [$f('label') => 1, 'a_label_that_is_used_as_a_key' => 2]);
show('switch', (function () use ($f) {
    switch ($f('label')) {
        case 'a_label_that_is_used_as_a_key':
            return 'found';
    }
})());
show('ReflectionFunction', (new ReflectionFunction($f('function')))->invoke('reflection'));
show('extract', [extract($f('arguments')), $x]);
register_shutdown_function($f('callable'), $f('message'));
register_shutdown_function(fn (...$a) => show('at shutdown', $a), $f('message'), $f('iniarray'));
foreach ($values as $name => $value) {
    if (serialize(apcu_fetch($name)) !== serialize($value)) {
        show('changed', $name);
    }
}
--EXPECT--
function: called with 1
function_exists: true
call_user_func: called with 2
array_map: ["called with 3"]
class: FetchedClass
class constant: class constant
method: {"0":"argument","x":"named argument"}
property: p
properties: {"fetchedProperty":"a message that was fetched","a_label_that_is_used_as_a_key":"a message that was fetched"}
static: static d
callable: static named argument
call_user_func_array: static named argument
is_callable: true
Closure: static closure
method_exists: [true,true]
is_a: [true,true,false]
class_alias: true
alias: FetchedClass
define: true
constant: {"key":{"nested":"value"}}
constant in code: {"nested":"value"}
variable: a message that was fetcheda message that was fetched
compact: {"one_name":1,"two_name":2}
preg_match: [1,{"0":"Fetched thing","1":"Fetched","name":"thing","2":"thing"}]
preg_match again: [0,"name"]
include: included class constant
require_once: true
included files: true
putenv: [true,"environment"]
timezone: [true,"Europe\/Berlin","Europe\/Berlin"]
ini_set: ["14","5","0.33333333333333"]
set_include_path: [true,"\/nowhere:\/nothing"]
ini_set, twice: ["","a message that was fetched","a_label_that_is_used_as_a_key"]
setlocale: C
error handler: a message that was fetched
error handler by name: null
exception: a message that was fetched
autoload: false
autoload functions: ["fetched_function"]
called with a message that was fetched
stream context: {"http":{"key":{"nested":"value"}}}
stream wrapper: true
filter: true
unserialize callback: __PHP_Incomplete_Class
array key: {"a_label_that_is_used_as_a_key":2}
switch: found
ReflectionFunction: called with reflection
extract: [1,"named argument"]
at shutdown: ["a message that was fetched",{"key":{"nested":"value"}}]

--TEST--
A preload script may use the cache; what it fetched is not kept beyond it
--EXTENSIONS--
trove
opcache
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$directory = own_directory('/tmp');
file_put_contents("$directory/preload.php", '<?php
    class Preloaded { public static $kept = ["default"]; public $property = ["default"]; const C = [1]; static function calls() { static $n = 0; return ++$n; } }
    apcu_store("from preload", ["list" => [1, "two"], "object" => new Preloaded]);
    Preloaded::$kept = apcu_fetch("from preload")["list"];
    $kept = apcu_fetch("from preload");
    define("FROM_PRELOAD", "constant");
    Preloaded::calls();
');
$ini = [
    'opcache.enable' => 1, 'opcache.enable_cli' => 1, 'opcache.preload' => "$directory/preload.php",
    'opcache.preload_user' => trim(shell_exec('id -un')), 'opcache.jit' => 'disable', 'apc.enable_cli' => 1,
];
echo Php::once(
    'echo json_encode([apcu_fetch("from preload"), Preloaded::$kept, (new Preloaded)->property, Preloaded::calls()]), "\n"; apcu_store("k", 1); echo apcu_fetch("k"), "\n";',
    $ini,
);
echo Php::once(
    'apcu_clear_cache(); for ($i = 0; $i < 5000; $i++) { apcu_store("f$i", str_repeat("x", 1000)); } echo json_encode([Preloaded::$kept, Preloaded::C]), "\n";',
    $ini + ['trove.memory' => '2M', 'error_log' => '/dev/null'],
);
--EXPECT--
[{"list":[1,"two"],"object":{"property":["default"]}},["default"],["default"],1]
1
[["default"],[1]]

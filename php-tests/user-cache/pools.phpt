--TEST--
UserCache\Cache: pools do not see each other's keys; a deleted pool is gone with its values, until it is asked for again
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.user_cache=1
--FILE--
<?php
use UserCache\Cache;

[$a, $b] = [Cache::getPool('a'), Cache::getPool('b')];
$a->store('k', 'in a');
$b->store('k', 'in b');
var_dump(Cache::hasPool('a'), Cache::hasPool('c'), array_keys(Cache::getPools()), Cache::getPools()['b']->fetch('k'));
var_dump(Cache::deletePool('a'), Cache::hasPool('a'), array_keys(Cache::getPools()), $b->fetch('k'), Cache::deletePool('never'));
var_dump(Cache::getPool('a')->fetch('k', 'gone'), Cache::hasPool('a'));
?>
--EXPECT--
bool(true)
bool(false)
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
}
string(4) "in b"
bool(true)
bool(false)
array(1) {
  [0]=>
  string(1) "b"
}
string(4) "in b"
bool(true)
string(4) "gone"
bool(true)

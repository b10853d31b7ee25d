--TEST--
UserCache\Cache::getStatus() and getPoolStatus() tell what there is; where Trove is off everything is a miss
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
$show = <<<'PHP'
use UserCache\Cache;
$pool = Cache::getPool('p');
$pool->store('a', 1);
$pool->store('b', str_repeat('x', 1000));
$pool->fetch('a');
$pool->fetch('none');
$status = $pool->getPoolStatus();
$keys = $status->getEntryKeys();
sort($keys);
echo $status->getPoolName(), ' ', $status->getEntryCount(), ' ', implode(',', $keys), ' ', json_encode($status->getUsedMemory() > 1000), ' ',
    $status->getHitCount(), ' ', $status->getMissCount(), "\n";
$status = Cache::getStatus();
echo $status->getAvailability()->name, ' ', json_encode($status->getAvailability() === UserCache\CacheAvailability::cases()[0]), ' ',
    $status->getConfiguredMemory(), ' ', json_encode($status->getUsedMemory() + $status->getFreeMemory() <= $status->getSharedMemorySize()), ' ',
    $status->getEntryCount(), "\n";
foreach ((new ReflectionClass($status))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
    $value = $method->invoke($status);
    if (!is_int($value) && $method->getName() !== 'getAvailability') echo $method->getName(), ' is ', get_debug_type($value), "\n";
}
PHP;
$ini = ['trove.user_cache' => 1, 'trove.memory' => '4M'];
echo Php::once($show, $ini + ['trove.enable_cli' => 1]), "off:\n", Php::once($show, $ini + ['trove.enable_cli' => 0]);
?>
--EXPECT--
p 2 a,b true 1 1
Available true 4194304 true 2
off:
p 0  false 0 0
DisabledByIni false 0 true 0

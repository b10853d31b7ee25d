--TEST--
storeMultiple() stays within the quota, counts what it replaces, and evicts nothing for what can never fit
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=16M
error_log=/dev/null
--FILE--
<?php
$quota = 256 << 10;
$cache = new Trove\Cache('limited');
$cache->configure(['quota' => $quota]);
$batch = function (string $name, int $count, int $bytes): array {
    $values = [];
    for ($i = 0; $i < $count; $i++) {
        $values["$name $i"] = str_repeat($name, intdiv($bytes, strlen($name)));
    }
    return $values;
};
$there = fn (array $values) => count(array_filter($cache->fetchMultiple(array_keys($values)), is_string(...)));

echo "-- several batches\n";
$within = true;
foreach (['a', 'b', 'c', 'd'] as $name) {
    $values = $batch($name, 150, 1000);
    $stored = $cache->storeMultiple($values);
    $within = $within && $cache->info()->bytes <= $quota;
    echo "$name: ", json_encode([$stored, $there($values), $within]), "\n";
}
echo "-- the same keys again, which fit in their own place\n";
$evictions = $cache->info()->evictions;
for ($i = 0; $i < 5; $i++) {
    $stored = $cache->storeMultiple($values) && $stored;
}
var_dump($stored, $there($values), $cache->info()->bytes <= $quota);

echo "-- what can never fit\n";
$cache->flush();
$kept = $batch('kept', 100, 1000);
$evictions = $cache->info()->evictions;
var_dump($cache->storeMultiple($kept));
foreach (['all together' => $batch('x', 300, 1000), 'one of them' => $batch('y', 5, 100) + ['large' => str_repeat('x', 300 << 10)]] as $what => $values) {
    echo "$what: ", json_encode([$cache->storeMultiple($values), $there($values), $there($kept), $cache->info()->evictions - $evictions]), "\n";
}
echo Trove\status()['last_problem'], "\n";
?>
--EXPECTF--
-- several batches
a: [true,150,true]
b: [true,150,true]
c: [true,150,true]
d: [true,150,true]
-- the same keys again, which fit in their own place
bool(true)
int(150)
bool(true)
-- what can never fit
bool(true)
all together: [false,0,100,0]
one of them: [false,0,100,0]
Trove: storeMultiple of key "y 0": no room for %d bytes in the cache's quota of 262144 bytes (private memory); raise its option quota

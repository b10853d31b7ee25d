--TEST--
Of processes that are killed 500 times while they use the cache, nobody waits, and nothing is wrong afterwards
--EXTENSIONS--
trove
pcntl
posix
--INI--
apc.enable_cli=1
apc.shm_size=8M
--FILE--
<?php
require __DIR__ . '/../support/checked_values.inc';

const KILLS = 500;
const CHILDREN = 4;

// Values that tell whether they are whole, in a cache so small that stores evict.
function work(int $seed, string $faults): never
{
    mt_srand($seed);
    pcntl_alarm(110); // where the parent dies first
    while (true) {
        $key = 'key' . mt_rand(1, 300);
        switch (mt_rand(0, 7)) {
            case 0: case 1: case 2:
                apcu_store($key, checked_value(mt_rand(0, 20_000)), mt_rand(0, 1));
                break;
            case 3: case 4:
                $value = apcu_fetch($key, $found);
                $fault = $found ? fault_of($value) : null;
                break;
            case 5:
                apcu_inc('counter');
                break;
            case 6:
                apcu_delete($key);
                break;
            case 7:
                $fault = fault_of(apcu_entry($key, fn () => checked_value(mt_rand(0, 2_000)), 1));
        }
        if (isset($fault)) {
            file_put_contents($faults, "$key: $fault\n", FILE_APPEND);
        }
    }
}

function spawn(int $seed, string $faults): int
{
    $pid = pcntl_fork();
    return $pid ?: work($seed, $faults);
}

$faults = tempnam(sys_get_temp_dir(), 'kill');
apcu_store('counter', 0);
$children = [];
for ($i = 0; $i < CHILDREN; $i++) {
    $children[] = spawn($i, $faults);
}
mt_srand(1);
$slowest = 0;
for ($kill = 0; $kill < KILLS; $kill++) {
    usleep(mt_rand(0, 6_000));
    $victim = array_rand($children);
    posix_kill($children[$victim], SIGKILL);
    pcntl_waitpid($children[$victim], $status);
    $children[$victim] = spawn(CHILDREN + $kill, $faults);

    // What every key's stripe, the heap and the reclamation may now be asked for.
    $start = hrtime(true);
    for ($i = 1; $i <= 300; $i += 7) {
        $value = apcu_fetch("key$i", $found);
        if ($found && ($fault = fault_of($value)) !== null) {
            file_put_contents($faults, "key$i: $fault\n", FILE_APPEND);
        }
    }
    apcu_store('parent', $kill) || file_put_contents($faults, "store $kill failed\n", FILE_APPEND);
    apcu_fetch('parent') === $kill || file_put_contents($faults, "fetch $kill is wrong\n", FILE_APPEND);
    apcu_entry("parent $kill", fn () => $kill) === $kill || file_put_contents($faults, "entry $kill\n", FILE_APPEND);
    $slowest = max($slowest, hrtime(true) - $start);
}
foreach ($children as $child) {
    posix_kill($child, SIGKILL);
    pcntl_waitpid($child, $status);
}

echo 'faults: ', file_get_contents($faults) ?: "none\n";
unlink($faults);
echo 'slowest round of the survivor: ', $slowest < 2_000_000_000 ? 'short' : $slowest / 1e9, "\n";

$whole = true;
foreach (new APCUIterator('/^key/') as $key => $entry) {
    $whole = $whole && fault_of($entry['value']) === null;
}
echo 'what is left is whole: ';
var_dump($whole);
echo 'counter counts: ';
var_dump(apcu_fetch('counter') > 0);

// Nothing has leaked: the whole memory can be used again.
apcu_clear_cache();
echo 'half of the memory for one value: ';
var_dump(apcu_store('large', str_repeat('x', 4 << 20)));
?>
--EXPECT--
faults: none
slowest round of the survivor: short
what is left is whole: bool(true)
counter counts: bool(true)
half of the memory for one value: bool(true)

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
    $pid >= 0 || throw new RuntimeException('no more processes'); // -1 would be killed: that is, everybody
    return $pid ?: work($seed, $faults);
}

// Kills, and asks for everything after each kill: of every key's stripe, of the heap and of the reclamation.
function survive(string $faults): never
{
    mt_srand(1);
    $fault = fn (string $what) => file_put_contents($faults, "$what\n", FILE_APPEND);
    $children = [];
    for ($i = 0; $i < CHILDREN; $i++) {
        $children[] = spawn($i, $faults);
    }
    for ($kill = 0; $kill < KILLS; $kill++) {
        usleep(mt_rand(0, 6_000));
        $victim = array_rand($children);
        posix_kill($children[$victim], SIGKILL);
        pcntl_waitpid($children[$victim], $status);
        $children[$victim] = spawn(CHILDREN + $kill, $faults);

        $start = hrtime(true);
        for ($i = 1; $i <= 300; $i += 7) {
            $value = apcu_fetch("key$i", $found);
            $found && ($what = fault_of($value)) !== null && $fault("key$i: $what");
        }
        apcu_store('survivor', $kill) || $fault("store $kill");
        apcu_fetch('survivor') === $kill || $fault("fetch $kill");
        apcu_entry("survivor $kill", fn () => $kill) === $kill || $fault("entry $kill");
        $seconds = (hrtime(true) - $start) / 1e9;
        $seconds < 30 || $fault("round $kill took $seconds s");
    }
    foreach ($children as $child) {
        posix_kill($child, SIGKILL);
        pcntl_waitpid($child, $status);
    }
    foreach (new APCUIterator('/^key/') as $key => $entry) {
        ($what = fault_of($entry['value'])) === null || $fault("$key at the end: $what");
    }
    apcu_fetch('counter') > 0 || $fault('nothing was counted');
    exit(0);
}

$faults = tempnam(sys_get_temp_dir(), 'kill');
apcu_store('counter', 0);
$survivor = pcntl_fork();
$survivor || survive($faults);
pcntl_waitpid($survivor, $status);
echo 'survivor ends with ', pcntl_wexitstatus($status), "\n";
echo 'faults: ', file_get_contents($faults) ?: "none\n";
unlink($faults);

// Nothing has leaked: the memory can be used again. (This process has seen no value that it would keep.)
apcu_clear_cache();
echo 'half of the memory for one value: ';
var_dump($stored = apcu_store('large', str_repeat('x', 4 << 20)));
$stored || print_r([apcu_sma_info(), Trove\status()]);
?>
--EXPECT--
survivor ends with 0
faults: none
half of the memory for one value: bool(true)

--TEST--
Requests that begin and end while other processes turn the whole cache over see whole values only
--DESCRIPTION--
The end of a request is where a value may be looked at last (by the engine's own clean-up) and its memory be given back first.
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
$churners = [churner(), churner()];
$enough = own_directory() . '/enough';
foreach ($churners as $churner) {
    $churner->run('churn(0);');
    $churner->send('do { churn(1); clearstatcache(); } while (!file_exists(' . var_export($enough, true) . '));');
}
$request = 'require ' . var_export(__DIR__ . '/../support/churn.inc', true) . ';' . <<<'CODE'
    #[AllowDynamicProperties] class Holder { public static array $all = []; public array $mine = []; }
    $keys = [];
    $bad = $found = 0;
    for ($i = 0; $i < 300; $i++) {
        $value = apcu_fetch('value ' . $i % 20);
        if ($value === false) {
            continue;
        }
        $found++;
        if ($value['n'] !== 'overwritten') {
            $bad += !intact($value);
            Holder::$all[] = $value;
            $object = new Holder;
            $object->mine = $value;
            $object->cycle = $object;
            foreach ($value as $key => $part) {
                $keys[$key . $i] = $part;
                $keys[$key] = [$key => $part];
                $object->{$key} = $part;
            }
        } else {
            $bad += $value['text'] !== str_repeat('#', strlen($value['text']));
        }
    }
    foreach (Holder::$all as $value) {
        $bad += !intact($value);
    }
    echo $bad ? "$bad bad" : ($found ? 'well' : 'nothing found');
    CODE;
$seen = [];
// Half a minute is enough on a machine that has no time at all.
for ($begin = time(); array_sum($seen) - ($seen['nothing found'] ?? 0) < 8 && time() < $begin + 30;) {
    $answer = Php::once($request);
    $seen[$answer] = ($seen[$answer] ?? 0) + 1;
}
touch($enough);
unset($seen['nothing found']);
echo implode("\n", array_keys($seen)), "\n";
foreach ($churners as $churner) {
    $churner->receive();
    echo $churner->end() ?: 'well', "\n";
}
--EXPECT--
well
well
well

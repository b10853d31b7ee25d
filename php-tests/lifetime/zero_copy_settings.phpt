--TEST--
Whatever trove.zero_copy says, values are the same
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
$churner = churner();
foreach (['auto', 'on', 'off'] as $setting) {
    $churner->run('churn(0);');
    $reader = new Php(['trove.zero_copy' => $setting]);
    $reader->run('require ' . var_export(__DIR__ . '/../support/churn.inc', true) . ';');
    $reader->run('for ($i = 0; $i < 20; $i++) { $values[] = apcu_fetch("value $i"); }');
    $churner->run('churn();');
    echo $setting, ': ', $reader->run('echo count(array_filter($values, intact(...))), " intact";'), ' ', $reader->end() ?: 'well', "\n";
}
--EXPECT--
auto: 20 intact well
on: 20 intact well
off: 20 intact well

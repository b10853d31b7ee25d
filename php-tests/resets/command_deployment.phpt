--TEST--
After trove reset no request that starts runs the old release, whatever is in flight, in any pool of any master
--EXTENSIONS--
trove
opcache
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';
require __DIR__ . '/../support/deployment.inc';
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

$settings = fpm_settings();
foreach (['', '--opcache=reset', '--opcache=reset --drain=60'] as $options) {
    $end = deploy_under_load(fn () => trove_with_exit($settings['trove.directory'], 'reset', '--json', ...array_filter(explode(' ', $options))), $settings, 3, 1500);
    [$output, $code] = $end['result'];
    $report = json_decode($output, true)[0];
    $states = array_count_values(array_column($report['workers'], 'state'));
    ksort($states);
    echo "reset $options: exit $code, ", count($report['workers']), ' workers, ', json_encode($states), ', ',
        $report['microseconds'] < 1e6 ? 'at once' : "in $report[microseconds] us", "\n";
    echo 'before: ', implode(', ', array_keys($end['before'])), '; after: ', implode(', ', array_keys($end['after'])),
        array_sum($end['after']) < 1500 ? ', too few' : '', "\n";
    echo "$end[failed] failed, $end[signals] killed, $end[written] files written, opcache restarted ", implode(' and ', $end['restarts']), " times\n";
    echo 'in flight: ', json_encode($end['in_flight']), "\n";
}
--EXPECT--
reset : exit 0, 12 workers, {"busy":4,"idle":8}, at once
before: old; after: new
0 failed, 0 killed, 0 files written, opcache restarted 0 and 0 times
in flight: {"old old old":4}
reset --opcache=reset: exit 0, 12 workers, {"busy":4,"idle":8}, at once
before: old; after: new
0 failed, 0 killed, 0 files written, opcache restarted 1 and 1 times
in flight: {"old old old":4}
reset --opcache=reset --drain=60: exit 0, 12 workers, {"idle":12}, at once
before: old; after: new
0 failed, 0 killed, 0 files written, opcache restarted 1 and 1 times
in flight: {"old old old":4}

--TEST--
A value that was fetched before a fork stays whole in the child, also when the parent has gone
--EXTENSIONS--
trove
pcntl
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/churn.inc';
own_segment(['trove.memory' => '2M']);
$churner = churner();
$churner->run('churn(0);');
$values = apcu_fetch(['value 1', 'value 2', 'value 5']);
[$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
if (($middle = pcntl_fork()) === 0) {
    // The one in the middle fetches a value more and is gone; its child lives on with all of them.
    $values[] = apcu_fetch('value 3');
    if (pcntl_fork() > 0) {
        posix_kill_self();
    }
    fread($theirs, 1);
    $changed = array_filter($values, fn ($value) => !intact($value));
    fwrite($theirs, count($values) . ' values, ' . count($changed) . ' changed, fetch ' . (intact(apcu_fetch('value 4')) ? 'well' : 'wrong') . "\n");
    posix_kill_self();
}
function posix_kill_self(): never
{
    fclose($GLOBALS['theirs']);
    exec('kill -9 ' . getmypid());
    exit;
}
fclose($theirs);
pcntl_waitpid($middle, $status);
unset($values);
$churner->run('churn();');
fwrite($ours, '.');
echo fgets($ours);
echo $churner->end();
--EXPECT--
4 values, 0 changed, fetch well

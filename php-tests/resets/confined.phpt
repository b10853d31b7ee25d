--TEST--
A pool with open_basedir, one that may not read the temporary directory, and one with a root directory of its own are reached, by a process of their user and by root's command
--EXTENSIONS--
trove
opcache
posix
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
if (posix_geteuid() !== 0) die('skip only root may give a pool a root directory and another user');
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/deployment.inc';
require __DIR__ . '/../support/command.inc';
const NOBODY = 65534;
/** A directory of the pool's user. */
function nobodys(string $path, int $mode = 0700): string
{
    is_dir($path) || mkdir($path);
    chown($path, NOBODY);
    chmod($path, $mode);
    return $path;
}
/** Switches the release of one worker, and resets from a process of the same user; and back, by root's command, which takes on that user. */
function deploy(Deployment $app, Fpm $fpm, string $script, string $directory): string
{
    $answers = [];
    foreach (['old', 'new', 'old'] as $turn => $release) {
        $app->switch_to($release);
        if ($turn === 1) {
            $settings = ['trove.directory' => $directory, 'trove.segment' => 'default'];
            $answers[] = Php::once('echo Trove\reset() > 1 ? "reached" : "alone";', $settings, 'setpriv --reuid=65534 --regid=65534 --clear-groups');
        } elseif ($turn === 2) {
            $output = trove($directory, 'reset', '--json', '--fcgi=' . $fpm->socket());
            $states = array_count_values(array_column(json_decode($output, true)[0]['workers'] ?? [], 'state'));
            $answers[] = isset($states['applied']) ? 'reached' : $output;
        }
        $twice = [$fpm->get($script), $fpm->get($script)];
        $answers[] = implode(' | ', array_unique(preg_replace('/ \d+$/', '', $twice)));
    }
    return implode(', ', $answers) . "\n";
}
$pool = ['user' => NOBODY, 'group' => NOBODY];
foreach (['open_basedir', 'unreadable temporary directory', 'chroot'] as $case) {
    $app = new Deployment;
    $root = dirname($app->live);
    $shm = nobodys("$root/shm");
    $settings = ['trove.directory' => $shm] + STRICT_OPCACHE;
    $script = $app->script();
    $more = [];
    switch ($case) {
        case 'open_basedir':
            $more = ['php_admin_value[open_basedir]' => $root];
            break;
        case 'chroot':
            $more = ['chroot' => $root, 'chdir' => '/'];
            $settings['trove.directory'] = '/shm';
            $script = '/current/index.php';
            break;
        default:
            $settings['sys_temp_dir'] = nobodys("$root/temporary", 0);
            $settings['upload_tmp_dir'] = $settings['sys_temp_dir'];
    }
    $fpm = new Fpm(2, $settings, pool: $pool + $more, base: '/dev/shm');
    chmod($fpm->directory, 0755);
    echo "$case: ", deploy($app, $fpm, $script, $shm);
    $fpm->stop();
    array_map(unlink(...), glob("$shm/*"));
}
--EXPECT--
open_basedir: old old old, reached, new new new, reached, old old old
unreadable temporary directory: old old old, reached, new new new, reached, old old old
chroot: old old old, reached, new new new, reached, old old old

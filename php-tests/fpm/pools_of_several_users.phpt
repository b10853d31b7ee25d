--TEST--
Pools of different users cannot open each other's segment, by whatever name; two pools of one user share only under the same name
--EXTENSIONS--
trove
--SKIPIF--
<?php
require __DIR__ . '/../runner/fpm.inc';
if (!Fpm::binary()) die('skip no php-fpm beside ' . PHP_BINARY);
exec('id -u', $uid);
if ($uid[0] !== '0') die('skip workers of other users need root');
--FILE--
<?php
require __DIR__ . '/../runner/fpm.inc';
require __DIR__ . '/../support/fpm_settings.inc';

$settings = fpm_settings();
$directory = $settings['trove.directory'];
chmod($directory, 01777);
$user = fn (int $id, string $segment) => ['user' => $id, 'group' => $id, 'php_admin_value[trove.segment]' => $segment];
$fpm = new Fpm(1, $settings + ['display_errors' => 1, 'log_errors' => 1, 'error_log' => ''], pool: $user(65534, 'shop'), pools: [
    'same_user' => $user(65534, 'shop'),
    'other_name' => $user(65534, 'blog'),
    'other_user' => $user(65533, 'shop'),
]);
chmod($fpm->directory, 0755);
$fpm->get('<?php apcu_store("key", "of the shop");');
foreach (['test', 'same_user', 'other_name', 'other_user'] as $pool) {
    echo "$pool: ", $fpm->get('<?php echo json_encode(apcu_fetch("key")), " in ", basename(dirname(Trove\status()["segment"])) ? preg_replace("/-[0-9a-f]{16}$/", "", basename(Trove\status()["segment"])) : "", "\n";', pool: $pool);
}
// The other user does what he can: to open the file, and to put his own in its place.
[$file] = glob("$directory/trove-shop-65534-*");
$attack = <<<'PHP'
    <?php
    echo @file_get_contents($_GET['file']) === false ? 'not read' : 'read', ', ', @file_put_contents($_GET['file'], 'x') === false ? 'not written' : 'written', ', ',
        @unlink($_GET['file']) ? 'removed' : 'not removed', ', ', @rename($_GET['file'], $_GET['file'] . 'x') ? 'renamed' : 'not renamed', "\n";
    PHP;
echo $fpm->get($attack, ['file' => $file], 'other_user');
printf("%o\n", fileperms($file) & 0777);
--EXPECT--
test: "of the shop" in trove-shop-65534
same_user: "of the shop" in trove-shop-65534
other_name: false in trove-blog-65534
other_user: false in trove-shop-65533
not read, not written, not removed, not renamed
600

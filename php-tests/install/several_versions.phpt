--TEST--
Of two PHP versions each is installed into by itself, and the command goes with the last of them
--FILE--
<?php
$root = sys_get_temp_dir() . '/trove-install-' . getmypid();
mkdir("$root/files", 0755, true);
touch("$root/files/libtrove.so");
file_put_contents("$root/files/trove", "#!/bin/sh\necho made\n");
chmod("$root/files/trove", 0755);
foreach (['8.2', '8.4'] as $version) {
    file_put_contents("$root/files/php-config$version", <<<SH
        #!/bin/sh
        case \$1 in
        --version) echo $version.1 ;;
        --extension-dir) echo /usr/lib/php/of-$version ;;
        --prefix) echo /usr ;;
        --ini-dir) echo /opt/php/$version/conf.d ;;
        esac
        SH);
    chmod("$root/files/php-config$version", 0755);
}

function run(string $version, string $what): void
{
    global $root;
    $files = "$root/files";
    $script = __DIR__ . '/../runner/install.sh';
    $settings = "DESTDIR=$root/to PREFIX= PHP_CONFIG=$files/php-config$version";
    shell_exec("$settings $script $what $files/libtrove.so $files/trove 2>&1");
    $found = shell_exec("cd $root/to && find . -name '*trove*' -type f | grep -v share | sort");
    echo "$what $version:\n", $found ?: "nothing\n";
}

run('8.2', 'install');
run('8.4', 'install');
run('8.2', 'uninstall');
run('8.4', 'uninstall');
shell_exec("rm -r $root");
--EXPECT--
install 8.2:
./opt/php/8.2/conf.d/20-trove.ini
./usr/lib/php/of-8.2/trove.so
./usr/local/bin/trove
install 8.4:
./opt/php/8.2/conf.d/20-trove.ini
./opt/php/8.4/conf.d/20-trove.ini
./usr/lib/php/of-8.2/trove.so
./usr/lib/php/of-8.4/trove.so
./usr/local/bin/trove
uninstall 8.2:
./opt/php/8.4/conf.d/20-trove.ini
./usr/lib/php/of-8.4/trove.so
./usr/local/bin/trove
uninstall 8.4:
nothing

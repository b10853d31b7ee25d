--TEST--
Random sequences of calls with odd arguments return, warn and throw what they do with APCu
--EXTENSIONS--
trove
--SKIPIF--
<?php
if (!is_file(getenv('TROVE_APCU') ?: ini_get('extension_dir') . '/apcu.so')) die('skip no real APCu on this machine');
--FILE--
<?php
$code = sprintf('require %s; for ($seed = 0; $seed < 400; $seed++) echo "seed $seed\n", (new Programs)->run($seed, 30);',
    var_export(__DIR__ . '/../support/apcu_programs.inc', true));
preg_match('/extension=[^"\s]*trove[^"\s]*/', getenv('TEST_PHP_EXTRA_ARGS'), $trove);
$told = fn (string $extension) => explode("\n", shell_exec(implode(' ', array_map(escapeshellarg(...), [
    PHP_BINARY, '-n', '-d', $extension, '-d', 'apc.enable_cli=1', '-d', 'error_reporting=-1', '-d', 'html_errors=0', '-r', $code,
])) . ' 2>&1'));

$apcu = $told('extension=' . (getenv('TROVE_APCU') ?: 'apcu.so'));
$ours = $told($trove[0]);
echo count($apcu) > 20_000 ? 'many lines' : 'ended early: ' . end($apcu), "\n";
foreach ($apcu as $at => $line) {
    if (($ours[$at] ?? null) !== $line) {
        $from = $at;
        while ($from > 0 && $apcu[$from][0] === ' ') {
            $from--;
        }
        echo implode("\n", array_slice($apcu, $from, $at - $from)), "\nAPCu:  $line\nTrove: ", $ours[$at] ?? 'nothing', "\n";
        break;
    }
}
?>
--EXPECT--
many lines

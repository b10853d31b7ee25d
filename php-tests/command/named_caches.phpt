--TEST--
Entries of named caches come back from a dump with their tags and stale windows, compressed ones too; tags are invalidated by the command
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
require __DIR__ . '/../support/command.inc';

[$from, $to] = [own_directory(), own_directory()];
$settings = fn (string $directory) => ['trove.segment' => 'test', 'trove.directory' => $directory, 'trove.memory' => '2M'];
$old = new Php($settings($from));
echo $old->run(<<<'PHP'
    $blog = new Trove\Cache('my blog');
    $blog->configure(['compress' => 1000]);
    $blog->store('list', ['a', 'b' => [1.5]], 0, ['posts', 'home']);
    $blog->store('page', str_repeat('<p>text</p>', 1000), 1000, ['posts'], 500);
    $blog->store('number', 7, 1000, ['home']);
PHP);
echo trove($from, 'get', 'list', '--cache', 'my blog', '--raw');
echo trove($from, 'keys', '-1', '--tag', 'home', '--cache', 'my blog');
echo strlen(trove($from, 'get', 'page', '--cache', 'my blog', '--raw')), " bytes\n";
echo trove($from, 'dump', "$from/dump") === "3 entries written to $from/dump\n" ? "written\n" : "not written\n";

$new = new Php($settings($to));
$new->run('new Trove\Cache("my blog");');
$new->run('apcu_store("x", 1);');
echo trove($to, 'restore', "$from/dump");
echo $new->run(<<<'PHP'
    $blog = new Trove\Cache('my blog');
    var_dump($blog->fetch('list') === ['a', 'b' => [1.5]], $blog->fetch('page') === str_repeat('<p>text</p>', 1000), $blog->fetch('number'));
    $keys = iterator_to_array($blog->keysByTag('posts'), false);
    sort($keys);
    echo implode(' ', $keys), "\n";
PHP);
$page = json_decode(trove($to, 'get', 'page', '--cache', 'my blog', '--json', '--no-value'), true)[0];
var_dump(abs($page['expires_in_ms'] - 1_000_000) < 60_000, abs($page['stale_for_ms'] - 1_500_000) < 60_000, $page['tags']);
echo trove($to, 'invalidate-tag', 'posts');
echo $new->run('var_dump((new Trove\Cache("my blog"))->fetch("list"), (new Trove\Cache("my blog"))->fetch("number"));');
echo trove($to, 'flush', '--cache', 'my blog');
?>
--EXPECT--
array (
  0 => 'a',
  'b' => 
  array (
    0 => 1.5,
  ),
)
list
number
11000 bytes
written
3 entries stored
bool(true)
bool(true)
int(7)
list page
bool(true)
bool(true)
array(1) {
  [0]=>
  string(5) "posts"
}
2 entries invalidated
NULL
int(7)
1 entry flushed

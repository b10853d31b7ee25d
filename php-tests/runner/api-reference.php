<?php
// Writes docs/api.md from trove.stub.php; with --check it only says, by its exit status, whether the page is what it would write.
//
//   php api-reference.php [--check]

const HEAD = <<<'MARKDOWN'
# API reference

Made from [trove.stub.php](../trove.stub.php) by `make docs`; change it there. The `apcu_*` functions and `APCUIterator` are as in
[PHP's manual](https://www.php.net/manual/en/ref.apcu.php).


MARKDOWN;

/** The stub's declarations, each with its doc comment: [kind, heading, signature, comment]. */
function declarations(string $stub): array
{
    $tokens = array_values(array_filter(PhpToken::tokenize($stub), fn ($t) => !$t->is([T_WHITESPACE, T_COMMENT])));
    $found = [];
    [$namespace, $class, $comment, $depth] = ['', null, '', 0];
    for ($i = 0; $i < count($tokens); $i++) {
        $token = $tokens[$i];
        if ($token->is(T_DOC_COMMENT)) {
            $comment = $token->text;
        } elseif ($token->is(T_NAMESPACE)) {
            $namespace = $tokens[$i + 1]->text;
        } elseif ($token->is([T_CLASS, T_INTERFACE]) && $depth === 0) {
            $class = $tokens[$i + 1]->text;
            $found[] = [$token->text, "$namespace\\$class", signature($stub, $tokens, $i), $comment];
            $comment = '';
        } elseif ($token->is([T_FUNCTION, T_CONST]) || $token->is(T_VARIABLE) && $depth === 1 && $class !== null) {
            $name = $token->is(T_VARIABLE) ? $token->text : $tokens[$i + 1]->text;
            $heading = match (true) {
                $token->is(T_FUNCTION) && $class === null => "$namespace\\$name()",
                $token->is(T_FUNCTION) => "$name()",
                default => $name,
            };
            $found[] = [$class === null ? 'function' : 'member', $heading, signature($stub, $tokens, $i), $comment];
            $comment = '';
            // Past the parameters: their variables are not properties.
            while (!in_array($tokens[$i]->text, [';', '{'], true)) {
                $i++;
            }
            $i--;
        } elseif ($token->text === '{') {
            $depth++;
        } elseif ($token->text === '}') {
            $depth--;
            $class = $depth === 0 ? null : $class;
        }
    }
    return $found;
}

/** The source of a declaration, from its first modifier to what opens its body. */
function signature(string $stub, array $tokens, int $at): string
{
    for ($first = $at; $first > 0 && !in_array($tokens[$first - 1]->text, [';', '{', '}', ']'], true) && !$tokens[$first - 1]->is([T_DOC_COMMENT, T_OPEN_TAG]);) {
        $first--;
    }
    for ($last = $at; !in_array($tokens[$last]->text, [';', '{'], true);) {
        $last++;
    }
    $source = substr($stub, $tokens[$first]->pos, $tokens[$last]->pos - $tokens[$first]->pos);
    return preg_replace('/\n {4}/', "\n", trim($source)); // as it stands, but for the indentation
}

/** A doc comment as Markdown: its text, then what it says of parameters, result and exceptions. */
function prose(string $comment): string
{
    $lines = preg_replace('~^\s*(/\*\*|\*/|\*)? ?|\s*\*/$~', '', explode("\n", trim($comment)));
    [$text, $tags] = [[], []];
    foreach ($lines as $line) {
        if (preg_match('/^@(param|return|throws|var)\s+(.*)$/', $line, $match)) {
            $tags[] = [$match[1], $match[2]];
        } elseif (preg_match('/^@/', $line)) {
            continue; // for analysers
        } elseif ($tags && trim($line) !== '') {
            $tags[count($tags) - 1][1] .= ' ' . trim($line);
        } else {
            $text[] = $line;
        }
    }
    $items = '';
    foreach ($tags as [$tag, $words]) {
        $items .= '- ' . item($tag, $words) . "\n";
    }
    return trim(trim(implode("\n", $text)) . "\n\n" . $items) . "\n";
}

/** One tag as the text of a list's item. */
function item(string $tag, string $words): string
{
    // A type may hold spaces inside of <>, () and {}.
    preg_match('/^((?:[^\s<({]|(<(?:[^<>]|(?2))*>)|(\((?:[^()]|(?3))*\))|(\{(?:[^{}]|(?4))*\}))+)\s*(.*)$/s', $words, $match);
    [$type, $rest] = [$match[1] ?? $words, $match[5] ?? ''];
    if ($tag === 'param' && preg_match('/^(?:&|\.\.\.)?(\$\w+)\s*(.*)$/s', $rest, $match)) {
        return "`$match[1]` (`$type`)" . ($match[2] === '' ? '' : ": $match[2]");
    }
    $lead = ['return' => 'Returns', 'throws' => 'Throws', 'var' => 'Type:', 'param' => 'Takes'][$tag];
    return "$lead `$type`" . ($rest === '' ? '' : ": $rest");
}

function page(array $declarations): string
{
    $page = HEAD;
    foreach ($declarations as [$kind, $heading, $signature, $comment]) {
        $level = $kind === 'member' ? '###' : '##';
        $page .= "$level $heading\n\n```php\n$signature\n```\n\n" . ($comment === '' ? '' : prose($comment) . "\n");
    }
    return rtrim($page) . "\n";
}

$root = dirname(__DIR__, 2);
$page = page(declarations(file_get_contents("$root/trove.stub.php")));
$file = "$root/docs/api.md";
if (in_array('--check', $argv, true)) {
    if (!is_file($file) || file_get_contents($file) !== $page) {
        fwrite(STDERR, "docs/api.md is not what trove.stub.php says: run `make docs`\n");
        exit(1);
    }
    exit(0);
}
file_put_contents($file, $page);

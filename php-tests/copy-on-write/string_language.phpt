--TEST--
What the language does to a string it does to a copy of the fetched one
--DESCRIPTION--
The engine appends in place where it believes to be the only owner of a string: a fetched one must never look like that.
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
class HasText
{
    public string $text = '';
    public static string $static = '';
}
$operations = [
    'append' => function (string $s) { $s .= 'x'; $s .= 'y'; return $s; },
    'append itself' => function (string $s) { $s .= $s; return $s; },
    'append a lot' => function (string $s) { for ($i = 0; $i < 1000; $i++) { $s .= $i; } return $s; },
    'append nothing' => function (string $s) { $s .= ''; $s[0] = '#'; return $s; },
    'append to nothing' => function (string $s) { $t = ''; $t .= $s; $t .= 'x'; $t[0] = '#'; return [$s, $t]; },
    'append, several copies' => function (string $s) {
        $t = $s;
        $t .= 'a';
        $u = $s;
        $u .= 'b';
        $v = $t;
        $v .= $u;
        return [$s, $t, $u, $v];
    },
    'append to an element' => function (string $s) { $a = [$s, $s]; $a[0] .= 'x'; $a[0] .= 'y'; $a[1][0] = '#'; return [$a, $s]; },
    'append to a property' => function (string $s) {
        $o = new HasText;
        $o->text = $s;
        $o->text .= 'x';
        HasText::$static = $s;
        HasText::$static .= 'y';
        return [$o, HasText::$static, $s];
    },
    'append by reference' => function (string $s) { $r = &$s; $r .= 'x'; $f = function (&$t) { $t .= 'y'; }; $f($s); return $s; },
    'concatenate' => fn (string $s) => ['a' . $s, $s . 'b', $s . $s, "<$s>", "{$s}{$s}", $s . '' . $s],
    'concatenate with nothing' => function (string $s) { $t = $s . ''; $u = '' . $s; $t .= 'x'; $u[0] = '#'; return [$s, $t, $u]; },
    'interpolate alone' => function (string $s) { $t = "$s"; $t .= 'x'; $t[0] = '#'; return [$s, $t]; },
    'offset write' => function (string $s) { $s[0] = '#'; return $s; },
    'offset write at the end' => function (string $s) { $s[strlen($s)] = '#'; return $s; },
    'offset write beyond' => function (string $s) { $s[strlen($s) + 5] = '#'; return $s; },
    'negative offset write' => function (string $s) { $s[-1] = '#'; return $s; },
    'offset write everywhere' => function (string $s) { for ($i = 0; $i < strlen($s); $i++) { $s[$i] = chr(65 + $i % 26); } return $s; },
    'offset write by reference' => function (string $s) { $r = &$s; $r[0] = '#'; return $s; },
    'offset append' => function (string $s) { $s[] = 'x'; return $s; },
    'nested offset' => function (string $s) { $s[0][0] = 'x'; return $s; },
    'offset of an element' => function (string $s) { $a = ['k' => ['l' => $s]]; $a['k']['l'][0] = '#'; return [$a, $s]; },
    'offset read' => function (string $s) {
        $c = $s[0] ?? 'none';
        $c .= 'x';
        return [$c, $s[-1] ?? '', isset($s[2]), $s[1000] ?? 'far', $s];
    },
    'unset offset' => function (string $s) { unset($s[0]); return $s; },
    'increment' => function (string $s) { $s++; return $s; },
    'increment twice' => function (string $s) { ++$s; ++$s; return $s; },
    'decrement' => function (string $s) { $s--; return $s; },
    'post-increment, both values' => function (string $s) { $t = $s++; $t .= 'x'; return [$s, $t]; },
    'increment of an element' => function (string $s) { $a = [$s]; $a[0]++; return [$a, $s]; },
    'increment of a property' => function (string $s) { $o = new HasText; $o->text = $s; $o->text++; return [$o, $s]; },
    'compound arithmetic' => function (string $s) { $s += 1; $s *= 2; return $s; },
    'bitwise' => function (string $s) { $t = $s | 'abc'; $u = $s ^ $s; $v = ~$s; $s &= 'zzz'; return [$s, $t, $u, $v]; },
    'casts' => fn (string $s) => [(int) $s, (float) $s, (bool) $s, (array) $s, (string) $s, (object) $s],
    'string cast' => function (string $s) { $t = (string) $s; $t .= 'x'; $t[0] = '#'; return [$s, $t]; },
    'array cast' => function (string $s) { $a = (array) $s; $a[0] .= 'x'; $a[] = $s; return [$a, $s]; },
    'settype' => function (string $s) { $t = $s; settype($s, 'array'); settype($t, 'int'); return [$s, $t]; },
    'settype string' => function (string $s) { settype($s, 'string'); $s .= 'x'; return $s; },
    'comparison' => fn (string $s) => [$s == $s, $s === $s, $s <=> 'm', $s == 'word', $s === 'word', $s == 7, $s < 'x'],
    'switch and match' => function (string $s) {
        switch ($s) { case 'word': $x = 1; break; case 7: $x = 2; break; default: $x = 3; }
        return [$x, match ($s) { 'word', '12345' => 'known', default => $s }];
    },
    'array key' => function (string $s) {
        $a[$s] = 1;
        $a["$s "] = 2;
        $b = [$s => $s];
        unset($a[$s]);
        foreach ($b as $k => $v) { $k .= 'x'; $v .= 'y'; }
        return [$a, $b, $k, isset($b[$s]), array_key_exists($s, $b)];
    },
    'array key that is changed' => function (string $s) {
        $a = [$s => 1];
        foreach ($a as $k => $v) { if (is_string($k)) { $k[0] = '#'; } }
        $s[0] = '#';
        return [$a, $s, $k];
    },
    'property name' => function (string $s) { $o = new stdClass; $o->{"p$s"} = 1; $o->{$s . ''} = 2; $o->$s = 3; return (array) $o; },
    'variable name' => function (string $s) {
        $name = "v$s";
        $$name = 1;
        ${$s} = 2;
        return [$$name, ${$s}, isset($$name), count(get_defined_vars())];
    },
    'closure' => function (string $s) { $f = function () use ($s) { $s .= 'x'; return $s; }; return [$f(), $f(), $s]; },
    'closure by reference' => function (string $s) { $f = function () use (&$s) { $s .= 'x'; }; $f(); $f(); return $s; },
    'static variable' => function (string $s) {
        $f = function ($t = null) { static $kept; $kept = $t ?? $kept; $kept .= 'x'; return $kept; };
        return [$f($s), $f(), $f(), $s];
    },
    'global' => function (string $s) { global $g; $g = $s; $g .= 'x'; $GLOBALS['g'][0] = '#'; return [$g, $s]; },
    'generator' => function (string $s) {
        $g = (function () use ($s) { $s .= yield $s; yield $s; })();
        $a = $g->current();
        $a .= '!';
        $b = $g->send($s);
        $b .= '?';
        return [$a, $b, $s];
    },
    'loop variable' => function (string $s) {
        foreach ([$s, $s] as &$t) { $t .= 'x'; }
        foreach (str_split($s ?: 'z') as $c) { $c .= $t; }
        return [$s, $t, $c];
    },
    'swap' => function (string $s) { $t = 'other'; [$s, $t] = [$t, $s]; $t .= 'x'; $s .= 'y'; return [$s, $t]; },
    'list() of references' => function (string $s) { $a = [$s]; [&$r] = $a; $r .= 'x'; return [$a, $s]; },
    'throw' => function (string $s) {
        try { throw new Exception($s); } catch (Exception $e) { $t = $e->getMessage(); $t .= 'x'; }
        return [$t, $e->getMessage(), $s];
    },
    'echo and print' => function (string $s) { echo $s, $s; print $s; return $s; },
    'heredoc' => fn (string $s) => <<<TEXT
        a $s b {$s}
        TEXT,
    'ternary and coalescing' => function (string $s) { $t = $s ?: 'empty'; $u = $s ?? ''; $t .= 'x'; $u .= 'y'; return [$s, $t, $u]; },
    'default and named arguments' => function (string $s) {
        $f = function (string $a = 'd', string ...$more) { $a .= 'x'; foreach ($more as &$m) { $m .= 'y'; } return [$a, $more]; };
        return [$f(a: $s), $f($s, $s), $f(...[$s, $s, $s]), $s];
    },
    'type juggling of an int parameter' => function (string $s) { return [(fn (int $i) => $i)($s), $s]; },
    'instanceof and static access' => fn (string $s) => [$s instanceof stdClass, is_a($s, 'stdClass', true), is_subclass_of($s, 'stdClass')],
    'eval' => fn (string $s) => eval('return ' . var_export($s, true) . ';'),
];
compare($operations, strings());
--EXPECT--
58 operations on 17 values

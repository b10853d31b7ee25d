--TEST--
What the language does to an array it does to a copy of the fetched one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
class Holds
{
    public array $array = [];
    public static array $static = [];
    public ?array $typed = null;

    public function __construct(public array $promoted = [])
    {
    }
}
function &by_reference(array &$array): array
{
    return $array;
}
function keep(?array $array = null): ?array
{
    static $kept;
    $kept = $array ?? $kept;
    $kept['kept'] = 'static';
    return $kept;
}
function default_value(array $given, array $other = ['default']): array
{
    $given += $other;
    $given[] = $other;
    return $given;
}
$operations = [
    'element write' => function (array $a) { $a[0] = 'new'; $a['new'] = 1; return $a; },
    'append' => function (array $a) { $a[] = 'new'; $a[] = ['new']; return $a; },
    'nested write' => function (array $a) { $a['x']['y']['z'] = 1; return $a; },
    'nested append' => function (array $a) { $a['x'][] = 1; $a['x'][] = 2; return $a; },
    'write deep into what is there' => function (array $a) {
        foreach ($a as $k => $v) {
            if (is_array($v)) {
                $a[$k]['more']['deep']['er'] = 'changed';
                $a[$k]['tags'][] = 'changed';
            }
        }
        return $a;
    },
    'unset' => function (array $a) { unset($a[0], $a['one'], $a['nowhere']); return $a; },
    'nested unset' => function (array $a) { unset($a[0]['tags'][0], $a[0]['more']['deep']['er']); return $a; },
    'unset all' => function (array $a) { foreach ($a as $k => $v) { unset($a[$k]); } $a[] = 1; return $a; },
    'union' => function (array $a) { $a += ['one' => 'no', 'union' => 'yes']; return $a; },
    'union of itself' => function (array $a) { $a += $a; return [$a, $a + $a]; },
    'increment' => function (array $a) {
        $a['count'] ??= 0;
        $a['count']++;
        foreach ($a as &$v) { if (is_int($v)) { ++$v; $v *= 2; } }
        return $a;
    },
    'increment in place' => function (array $a) { foreach ($a as $k => $v) { if (is_scalar($v)) { $a[$k]++; } } return $a; },
    'concatenate' => function (array $a) {
        foreach ($a as $k => $v) { if (is_string($v)) { $a[$k] .= ' more'; $a[$k] .= $a[$k]; } }
        return $a;
    },
    'string offset' => function (array $a) {
        foreach ($a as $k => $v) { if (is_string($v) && $v !== '') { $a[$k][0] = '#'; $a[$k][30] = '#'; } }
        return $a;
    },
    'null coalescing' => function (array $a) { $a['one'] ??= 'new'; $a['three'] ??= 'new'; $a['x']['y'] ??= 'new'; return $a; },
    'foreach by reference' => function (array $a) { foreach ($a as $k => &$v) { $v = is_array($v) ? [...$v, $k] : "$k"; } return $a; },
    'foreach by reference, untouched' => function (array $a) { foreach ($a as &$v) { } unset($v); $a[] = 1; return $a; },
    'foreach by reference, nested' => function (array $a) {
        foreach ($a as &$v) {
            if (is_array($v)) {
                foreach ($v as &$w) {
                    if (is_array($w)) {
                        foreach ($w as &$x) {
                            $x = 'x';
                        }
                    } else {
                        $w = 'w';
                    }
                }
            }
        }
        return $a;
    },
    'foreach by value over a changing array' => function (array $a) {
        $seen = [];
        foreach ($a as $k => $v) { unset($a[$k]); $a["new $k"] = $v; $seen[] = $v; }
        return [$a, $seen];
    },
    'foreach with list()' => function (array $a) {
        $seen = [];
        foreach ($a as $v) { if (is_array($v)) { foreach ([$v] as ['id' => $id, 'tags' => $tags]) { $tags[] = $id; $seen[] = $tags; } } }
        return [$a, $seen];
    },
    'foreach with a reference in list()' => function (array $a) {
        foreach ($a as &$v) { if (is_array($v) && isset($v['id'])) { foreach ([&$v] as ['id' => &$id]) { $id = 'changed'; } } }
        return $a;
    },
    'list() with references' => function (array $a) { [0 => &$x, 'new' => &$y] = $a; $x = 'changed'; $y = 'changed'; return $a; },
    'nested list() with references' => function (array $a) { [0 => ['tags' => &$tags]] = $a; $tags[] = 'changed'; return $a; },
    'list() swap' => function (array $a) { [$a[0], $a[1]] = [$a[1] ?? 0, $a[0] ?? 1]; return $a; },
    'reference to an element' => function (array $a) { $r = &$a[0]; $r = 'changed'; unset($r); return $a; },
    'reference to a nested element' => function (array $a) { $r = &$a[0]['more']['deep']; $r = 'changed'; return $a; },
    'reference kept in a copy' => function (array $a) {
        $r = &$a['one'];
        $copy = $a;
        $copy['one'] = 'through the copy';
        return [$a, $copy];
    },
    'reference to the array' => function (array $a) { $r = &$a; $r['x'] = 1; $s = &$r['y']; $s = 2; return $a; },
    'array in itself' => function (array $a) { $a['self'] = $a; $a['self']['x'] = 1; return $a; },
    'array in itself by reference' => function (array $a) { $a['self'] = &$a; $a['self']['x'] = 1; unset($a['self']); return $a; },
    'copy, then write' => function (array $a) { $b = $a; $b[] = 'b'; $c = $b; $c[] = 'c'; $a[] = 'a'; return [$a, $b, $c]; },
    'inner array taken out' => function (array $a) { $row = $a[0] ?? []; $row = (array) $row; $row['x'] = 1; return [$a, $row]; },
    'inner array put elsewhere' => function (array $a) {
        $b = [];
        foreach ($a as $k => $v) { $b[$k] = $v; $b["copy of $k"] = $v; }
        foreach ($b as &$v) { if (is_array($v)) { $v[] = 1; } }
        return [$a, $b];
    },
    'spread' => function (array $a) { $b = [...$a, ...$a]; $b[0] = 'new'; return [$a, $b]; },
    'spread as arguments' => function (array $a) {
        return (function (...$all) { $all[] = 1; $all[0] = 'x'; return $all; })(...array_values($a));
    },
    'spread as named arguments' => function (array $a) {
        return (function (...$all) { $all['new'] = 1; return $all; })(...array_filter($a, fn ($k) => is_string($k) && $k !== '007' && $k !== '', ARRAY_FILTER_USE_KEY));
    },
    'static variable' => function (array $a) { keep($a); keep(); $b = keep(); $b[] = 1; return [$a, $b, keep()]; },
    'closure by value' => function (array $a) { $f = function () use ($a) { $a[] = 1; return $a; }; $f(); return [$f(), $a]; },
    'closure by reference' => function (array $a) { $f = function () use (&$a) { $a[] = 1; return count($a); }; $f(); return [$f(), $a]; },
    'arrow function' => function (array $a) { $f = fn () => $a[] = 1; return [$f(), $f(), $a]; },
    'generator' => function (array $a) {
        $g = (function () use ($a) { foreach ($a as $k => &$v) { yield $k => $v; $v = 'changed'; } return $a; })();
        foreach ($g as $v) { }
        return [$g->getReturn(), $a];
    },
    'generator by reference' => function (array $a) {
        $g = (function & () use (&$a) { foreach ($a as $k => &$v) { yield $k => $v; } })();
        foreach ($g as &$v) { $v = 'changed'; }
        return $a;
    },
    'yield from' => function (array $a) { return iterator_to_array((function () use ($a) { yield from $a; yield from $a; })(), false); },
    'fiber' => function (array $a) {
        $f = new Fiber(function (array $b) { $b[] = Fiber::suspend($b); return $b; });
        $b = $f->start($a);
        $b[] = 'outside';
        $f->resume('resumed');
        return [$a, $b, $f->getReturn()];
    },
    'return by reference' => function (array $a) { $r = &by_reference($a); $r[] = 1; return $a; },
    'default argument' => fn (array $a) => [default_value($a), default_value($a, $a)],
    'property' => function (array $a) {
        $o = new Holds($a);
        $o->array = $a;
        $o->array['x']['y'] = 1;
        $o->promoted[] = 2;
        $o->typed = $a;
        unset($o->typed[0]);
        return [$o, $a];
    },
    'property by reference' => function (array $a) {
        $o = new Holds;
        $r = &$o->array;
        $r = $a;
        $r[] = 1;
        $o->typed = &$a;
        $o->typed[] = 2;
        return [$o, $a];
    },
    'static property' => function (array $a) {
        Holds::$static = $a;
        Holds::$static[] = 1;
        Holds::$static['x']['y'] = 2;
        sort(Holds::$static);
        return [Holds::$static, $a];
    },
    'dynamic property' => function (array $a) {
        $o = new stdClass;
        $o->p = $a;
        $o->p[] = 1;
        $o->{'q'}['r'] = $a;
        $o->q['r'][] = 2;
        return [$o, $a];
    },
    'clone' => function (array $a) { $o = new Holds($a); $p = clone $o; $p->promoted[] = 1; $o->promoted['x'] = 2; return [$o, $p, $a]; },
    'object cast' => function (array $a) { $o = (object) $a; $o->new = 1; $o->one = 'changed'; unset($o->two); return [(array) $o, $a]; },
    'object cast and back' => function (array $a) { $b = (array) (object) $a; $b['new'] = 1; unset($b[0]); return [$a, $b]; },
    'array cast' => function (array $a) { $b = (array) $a; $b[] = 1; return [$a, $b]; },
    'globals' => function (array $a) {
        global $global;
        $global = $a;
        $global[] = 1;
        $GLOBALS['global']['x'] = 2;
        $GLOBALS['other'] = $a;
        $GLOBALS['other'][] = 3;
        return [$a, $global, $GLOBALS['other']];
    },
    'variable variable' => function (array $a) { $name = 'a'; $$name['x'] = 1; ${'a'}[] = 2; return $a; },
    'ternary' => function (array $a) { $b = $a ?: ['empty']; $b[] = 1; $c = $a ? $a : []; $c[] = 2; return [$a, $b, $c]; },
    'match' => function (array $a) { $b = match (true) { default => $a }; $b[] = 1; return [$a, $b]; },
    'exception' => function (array $a) {
        try { throw new ErrorException(serialize($a)); } catch (ErrorException $e) { $a[] = $e->getMessage(); }
        return $a;
    },
    'finally' => function (array $a) { try { return $a; } finally { $a[] = 1; } },
    'conversion to string' => fn (array $a) => "$a",
    'arithmetic' => fn (array $a) => $a + 1,
    'illegal key' => function (array $a) { $a[[]] = 1; return $a; },
    'numeric string keys' => function (array $a) { $a['5'] = 'five'; $a['05'] = 'text'; $a[true] = 'one'; $a[null] = 'null'; return $a; },
    'largest key' => function (array $a) {
        $a[PHP_INT_MAX] = 1;
        try { $a[] = 2; } catch (Error $e) { $a['e'] = $e->getMessage(); }
        return $a;
    },
    'grows' => function (array $a) { for ($i = 0; $i < 1000; $i++) { $a[] = $i; $a["k$i"] = $i; } return $a; },
    'shrinks and grows' => function (array $a) {
        for ($i = 0; $i < 50; $i++) { array_pop($a); $a["k$i"] = $i; unset($a["k$i"]); }
        return $a;
    },
    'isset and empty' => fn (array $a) => [isset($a[0]['tags'][0]), empty($a['three']), isset($a['two'][3]), $a[0][0] ?? 'none'],
    'undefined key' => fn (array $a) => $a['undefined'],
    'in a constant expression' => function (array $a) { return [$a === $a, [$a] == [$a], (bool) $a, !$a]; },
    'assignment in a condition' => function (array $a) { if ($b = $a) { $b[] = 1; } while ($b && array_pop($b)) { } return [$a, $b]; },
    'multiple assignment' => function (array $a) { $b = $c = $d = $a; $c[] = 'c'; $b['x'] = $d; $d['y'] = $c; return [$a, $b, $c, $d]; },
    'passed on and returned' => function (array $a) { $f = fn (array $x): array => $x; $b = $f($f($f($a))); $b[] = 1; return [$a, $b]; },
    'recursion' => function (array $a) {
        $f = function (array $x, int $n) use (&$f) { $x[] = $n; return $n ? $f($x, $n - 1) : $x; };
        return [$f($a, 20), $a];
    },
    'variadic by value' => function (array $a) {
        return (function (array ...$all) { $all[0][] = 1; $all[1]['x'] = 2; return $all; })($a, $a);
    },
    'nullsafe and static call' => function (array $a) { $o = new Holds($a); $b = $o?->promoted; $b[] = 1; return [$o, $b]; },
    'first-class callable' => function (array $a) { $push = array_push(...); $push($a, 'x'); return $a; },
    'eval' => function (array $a) { eval('$a["evaluated"] = 1; $a[] = [$a];'); return $a; },
];
compare($operations, arrays());
--EXPECT--
78 operations on 9 values

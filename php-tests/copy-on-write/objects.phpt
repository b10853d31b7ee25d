--TEST--
Objects made of a fetched value, and those fetched, are the script's own
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
class Magic implements ArrayAccess
{
    public array $data = [];

    public function __get(string $name): mixed
    {
        return $this->data[$name] ?? 'none';
    }

    public function __set(string $name, mixed $value): void
    {
        $this->data[$name] = $value;
    }

    public function __call(string $name, array $arguments): array
    {
        $arguments[] = $name;
        return $arguments;
    }

    public static function __callStatic(string $name, array $arguments): array
    {
        array_unshift($arguments, $name);
        return $arguments;
    }

    public function &offsetGet(mixed $offset): mixed
    {
        return $this->data[$offset];
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        $offset === null ? $this->data[] = $value : $this->data[$offset] = $value;
    }

    public function offsetExists(mixed $offset): bool
    {
        return isset($this->data[$offset]);
    }

    public function offsetUnset(mixed $offset): void
    {
        unset($this->data[$offset]);
    }
}
final class Fixed
{
    public function __construct(public readonly array $array, private array $hidden = [])
    {
        $this->hidden['x'] = $array;
    }

    public function with(array $more): static
    {
        return new self([...$this->array, ...$more], $more);
    }
}
$operations = [
    'object cast' => function (array $a) {
        $o = (object) $a;
        $o->new = 1;
        foreach ($o as $k => &$v) { $v = 'changed'; }
        return [(array) $o, $a];
    },
    'object cast, property by reference' => function (array $a) {
        $o = (object) $a;
        $r = &$o->one;
        $r = 'changed';
        unset($o->two);
        return [(array) $o, $a];
    },
    'ArrayObject' => function (array $a) {
        $o = new ArrayObject($a);
        $o[] = 1;
        $o['x'] = 2;
        unset($o[0]);
        $o->uasort(fn ($x, $y) => serialize($x) <=> serialize($y));
        return [$o->getArrayCopy(), $a];
    },
    'ArrayObject, nested write' => function (array $a) {
        $o = new ArrayObject($a);
        $o['x']['y'] = 1;
        foreach ($o as $k => $v) { $o[$k] = [$v]; }
        $b = $o->exchangeArray(['new']);
        $b[] = 1;
        return [$b, $a];
    },
    'ArrayObject sorts' => function (array $a) {
        $o = new ArrayObject($a);
        $o->ksort();
        $o->append('x');
        $o->natsort();
        return [$o->getArrayCopy(), $o->count(), $a];
    },
    'ArrayObject as properties' => function (array $a) {
        $o = new ArrayObject($a, ArrayObject::ARRAY_AS_PROPS);
        $o->new = 1;
        $o->one = 'changed';
        return [$o->getArrayCopy(), $a];
    },
    'ArrayIterator' => function (array $a) {
        $i = new ArrayIterator($a);
        foreach ($i as $k => $v) { $i[$k] = 'changed'; }
        $i->rewind();
        $i->valid() && $i->offsetUnset($i->key());
        return [$i->getArrayCopy(), $a];
    },
    'RecursiveArrayIterator' => function (array $a) {
        $seen = [];
        foreach (new RecursiveIteratorIterator(new RecursiveArrayIterator($a)) as $k => $v) { $seen[] = [$k, $v]; }
        return [$seen, $a];
    },
    'SplFixedArray' => function (array $a) {
        $f = SplFixedArray::fromArray(array_values($a));
        count($f) && $f[0] = 'changed';
        $f->setSize(count($f) + 1);
        return [$f->toArray(), $a];
    },
    'SplDoublyLinkedList' => function (array $a) {
        $l = new SplDoublyLinkedList;
        foreach ($a as $v) { $l->push($v); }
        foreach ($l as $k => $v) { is_array($v) && $v[] = 1; $l[$k] = $v; }
        return [iterator_to_array($l), $a];
    },
    'SplObjectStorage' => function (array $a) {
        $s = new SplObjectStorage;
        $o = new stdClass;
        $s[$o] = $a;
        $b = $s[$o];
        $b[] = 1;
        $s->setInfo($b);
        return [$s[$o], $b, $a];
    },
    'SplPriorityQueue and heap' => function (array $a) {
        $q = new SplPriorityQueue;
        $h = new SplMinHeap;
        foreach (array_values($a) as $i => $v) { $q->insert($v, $i); $h->insert(serialize($v)); }
        return [$q->isEmpty() ? 0 : $q->extract(), $h->isEmpty() ? 0 : $h->extract(), $a];
    },
    'iterators' => function (array $a) {
        $i = new CachingIterator(new ArrayIterator($a), CachingIterator::FULL_CACHE);
        foreach ($i as $v) { }
        $c = $i->getCache();
        $c[] = 1;
        return [$c, iterator_to_array(new LimitIterator(new InfiniteIterator(new ArrayIterator($a ?: [1])), 0, 5), false), $a];
    },
    'CallbackFilterIterator' => fn (array $a) => [
        iterator_to_array(new CallbackFilterIterator(new ArrayIterator($a), fn ($v, $k) => is_string($k))),
        iterator_to_array(new RegexIterator(new ArrayIterator(array_filter($a, is_string(...))), '/a/')), $a,
    ],
    'MultipleIterator and AppendIterator' => function (array $a) {
        $m = new MultipleIterator;
        $m->attachIterator(new ArrayIterator($a));
        $m->attachIterator(new ArrayIterator($a));
        $x = new AppendIterator;
        $x->append(new ArrayIterator($a));
        $x->append(new ArrayIterator($a));
        $y = iterator_to_array($x, false);
        $y[] = 1;
        return [count(iterator_to_array($m, false)), $y, $a];
    },
    'magic properties' => function (array $a) {
        $m = new Magic;
        $m->p = $a;
        $p = $m->p;
        $p[] = 1;
        $m['q'] = $a;
        $m['q'][] = 2;
        $m['q']['x']['y'] = 3;
        unset($m['p']);
        return [$m, $p, $a];
    },
    'magic calls' => fn (array $a) => [(new Magic)->call($a, ...array_values($a)), Magic::call(...array_values($a)), $a],
    'readonly property' => function (array $a) {
        $f = new Fixed($a, $a);
        $g = $f->with(['x']);
        try { $f->array[] = 1; } catch (Error $e) { $m = $e->getMessage(); }
        $b = $f->array;
        $b[] = 2;
        return [serialize($f), serialize($g), $m, $b, $a];
    },
    'get_object_vars' => function (array $a) {
        $o = (object) ['p' => $a];
        $v = get_object_vars($o);
        $v['p'][] = 1;
        $v['q'] = 2;
        return [$v, $o, $a];
    },
    'reflection' => function (array $a) {
        $o = new Magic;
        $p = new ReflectionProperty($o, 'data');
        $p->setValue($o, $a);
        $b = $p->getValue($o);
        $b[] = 1;
        return [$o, $b, (new ReflectionFunction('count'))->invokeArgs([$a]), $a];
    },
    'unserialize into an object' => fn (array $a) => [unserialize(serialize((object) ['p' => $a, 'q' => $a])), $a],
    'var_export and eval' => fn (array $a) => [eval('return ' . var_export($a, true) . ';'), $a],
    'json object' => fn (array $a) => [json_decode(json_encode($a)), $a],
    'closure bound to it' => function (array $a) {
        $f = Closure::bind(function () { $this->data[] = 'bound'; return $this->data; }, $m = new Magic, Magic::class);
        $m->data = $a;
        return [$f(), $m, $a];
    },
    'weak map and reference' => function (array $a) {
        $o = new stdClass;
        $w = new WeakMap;
        $w[$o] = $a;
        $w[$o]['x'] = 1;
        $b = $w[$o];
        $b[] = 2;
        $r = WeakReference::create($o);
        unset($o);
        return [$b, count($w), $r->get(), $a];
    },
    'exception trace' => function (array $a) {
        try { (fn (array $x) => throw new Exception)($a); } catch (Exception $e) { $t = $e->getTrace()[0]['args'] ?? []; $t[] = 1; }
        return [$t, $a];
    },
    'debug_backtrace' => function (array $a) {
        $f = fn (array $x) => debug_backtrace(0, 1)[0]['args'] ?? [];
        $t = $f($a);
        $t[] = 1;
        return [$t, $a];
    },
    'cyclic object' => function (array $a) {
        $o = new stdClass;
        $o->self = $o;
        $o->a = $a;
        $o->a['o'] = $o;
        unset($o);
        gc_collect_cycles();
        return $a;
    },
    'destructor' => function (array $a) {
        $o = new class($a) { public function __construct(public array $a) { } public function __destruct() { $this->a[] = 1; sort($this->a); echo count($this->a); } };
        unset($o);
        return $a;
    },
];
compare($operations, arrays());
--EXPECT--
29 operations on 9 values

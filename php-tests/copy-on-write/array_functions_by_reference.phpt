--TEST--
Functions that take an array by reference change a copy of the fetched one
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/copy_on_write.inc';
$after = fn (string $function, ...$more) => function (array $array) use ($function, $more) {
    return [$function($array, ...$more), $array];
};
$operations = [
    'array_push' => $after('array_push', 'new', ['newer']),
    'array_pop' => $after('array_pop'),
    'array_shift' => $after('array_shift'),
    'array_unshift' => $after('array_unshift', 'new', 'newer'),
    'array_splice' => $after('array_splice', 1, 1, ['new', 'newer']),
    'array_splice, all' => $after('array_splice', 0),
    'array_splice, from the end' => $after('array_splice', -2, 1),
    'array_walk' => function (array $array) {
        array_walk($array, function (&$item, $key, $more) {
            is_array($item) ? $item[$more] = $key : $item .= $more;
        }, 'extra');
        return $array;
    },
    'array_walk_recursive' => function (array $array) {
        array_walk_recursive($array, function (&$item, $key) {
            $item = "$key: $item";
        });
        return $array;
    },
    'array_walk that unsets' => function (array $array) {
        array_walk($array, function ($item, $key) use (&$array) {
            unset($array[$key]);
        });
        return $array;
    },
    'end' => $after('end'),
    'next' => $after('next'),
    'prev' => $after('prev'),
    'reset' => $after('reset'),
    'current' => $after('current'),
    'key' => $after('key'),
    'internal pointer' => function (array $array) {
        $seen = [end($array), key($array), prev($array), key($array), reset($array), next($array), key($array)];
        next($array);
        return [...$seen, key($array), current($array)];
    },
    'each with next' => function (array $array) {
        $seen = [];
        while (($key = key($array)) !== null) {
            $seen[] = [$key, current($array)];
            next($array);
        }
        return [$seen, current($array), key($array)];
    },
    'pop until empty' => function (array $array) {
        $popped = [];
        while ($array) {
            $popped[] = array_pop($array);
        }
        $array[] = 'next index';
        return [$popped, $array];
    },
    'shift until empty' => function (array $array) {
        $shifted = [];
        while ($array) {
            $shifted[] = array_shift($array);
        }
        $array[] = 'next index';
        return [$shifted, $array];
    },
    'push to an inner array' => function (array $array) {
        foreach ($array as $key => $item) {
            is_array($item) && array_push($array[$key], 'inner');
        }
        return $array;
    },
    'pop from an inner array' => function (array $array) {
        foreach ($array as $key => $item) {
            is_array($item) && array_pop($array[$key]);
        }
        return $array;
    },
    'extract' => function (array $array) {
        $count = extract($array, EXTR_PREFIX_ALL, 'x');
        $x_one = 'changed';
        $x_0 = ['changed'];
        unset($after, $x_two);
        return [$count, $array];
    },
    'extract by reference' => function (array $array) {
        $count = extract($array, EXTR_REFS | EXTR_PREFIX_ALL, 'x');
        $x_one = 'changed';
        $x_0 = ['changed'];
        return [$count, $array];
    },
    'settype' => $after('settype', 'object'),
    'settype to string' => $after('settype', 'string'),
    'settype to null' => $after('settype', 'null'),
    'preg_match with the array as matches' => function (array $array) {
        return [preg_match('/(a)(b)?/', 'ab', $array), $array];
    },
    'parse_str into it' => function (array $array) {
        parse_str('a[]=1&b=2', $array);
        return $array;
    },
    'str_replace with it as count' => function (array $array) {
        return [str_replace('a', 'b', 'aaa', $array), $array];
    },
    'str_replace of its strings' => function (array $array) {
        return [str_replace(['a', 'e'], ['A', ''], array_filter($array, is_string(...)), $count), $count, $array];
    },
    'preg_replace_callback over it' => function (array $array) {
        return [preg_replace_callback('/[aeiou]/', fn ($match) => strtoupper($match[0]), array_filter($array, is_string(...)), -1, $count), $count];
    },
    'preg_replace_callback_array' => fn (array $array) => preg_replace_callback_array(
        ['/a/' => fn () => 'A', '/\d/' => fn ($m) => $m[0] + 1], array_filter($array, is_string(...)),
    ),
    'sscanf into elements' => function (array $array) {
        return [sscanf('12 apples', '%d %s', $array['n'], $array['s']), $array];
    },
    'similar_text into an element' => function (array $array) {
        return [similar_text('World', 'Word', $array['percent']), $array];
    },
    'is_callable into an element' => function (array $array) {
        return [is_callable($array, true, $array[0]), $array];
    },
    'exec, output and status' => function (array $array) {
        return [exec('true', $array, $array['code']), $array];
    },
    'getopt, rest index' => function (array $array) {
        return [getopt('', [], $array['rest']), $array];
    },
    'by-reference argument of a user function' => function (array $array) {
        $change = function (array &$a): void {
            $a['changed'] = true;
            array_shift($a);
        };
        $change($array);
        return $array;
    },
    'by-reference variadic' => function (array $array) {
        (function (&...$all) {
            foreach ($all as &$one) {
                $one = 'changed';
            }
        })($array, $array['new']);
        return $array;
    },
    'call_user_func_array with a reference' => function (array $array) {
        return [call_user_func_array('array_push', [&$array, 'pushed']), $array];
    },
    'call_user_func without one' => fn (array $array) => [@call_user_func('array_push', $array, 'pushed'), $array],
    'array_map by name' => fn (array $array) => [array_map('serialize', $array), array_map(null, $array, $array), $array],
    'array_map by reference' => function (array $array) {
        return [array_map(function (&$item) {
            $item = 'changed';
            return $item;
        }, $array), $array];
    },
    'array_filter by reference' => function (array $array) {
        return [array_filter($array, function (&$item) {
            $item = [];
            return true;
        }), $array];
    },
    'array_reduce by reference' => fn (array $array) => array_reduce($array, function ($carry, &$item) {
        $item = 'changed';
        $carry[] = $item;
        return $carry;
    }, []),
    'iterator_apply' => function (array $array) {
        $iterator = new ArrayIterator($array);
        $seen = 0;
        return [iterator_apply($iterator, function () use ($iterator, &$seen) {
            $iterator[$iterator->key()] = 'changed';
            return $seen++ < 1000;
        }), $iterator->getArrayCopy(), $array];
    },
];
compare($operations, arrays());
--EXPECT--
47 operations on 9 values

--TEST--
Sorting a fetched array sorts a copy
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
$less = fn ($a, $b) => serialize($a) <=> serialize($b);
$operations = [];
foreach (['sort', 'rsort', 'asort', 'arsort', 'ksort', 'krsort'] as $function) {
    foreach (['regular' => SORT_REGULAR, 'string' => SORT_STRING | SORT_FLAG_CASE, 'natural' => SORT_NATURAL, 'numeric' => SORT_NUMERIC] as $name => $flags) {
        $operations["$function $name"] = $after($function, $flags);
    }
}
foreach (['usort', 'uasort', 'uksort'] as $function) {
    $operations[$function] = $after($function, $less);
}
$operations += [
    'natsort' => $after('natsort'),
    'natcasesort' => $after('natcasesort'),
    'shuffle' => $after('shuffle'),
    'array_multisort' => $after('array_multisort'),
    'array_multisort descending' => $after('array_multisort', SORT_DESC, SORT_STRING),
    'array_multisort, two of them' => function (array $array) {
        $other = $array;
        return [array_multisort($array, SORT_DESC, $other), $array, $other];
    },
    'usort with a callback that changes the array' => function (array $array) use ($less) {
        usort($array, function ($a, $b) use (&$array, $less) {
            $array['added'] = 'by the callback';
            return $less($a, $b);
        });
        return $array;
    },
    'usort with a callback that changes its arguments' => function (array $array) use ($less) {
        usort($array, function ($a, $b) use ($less) {
            $order = $less($a, $b);
            is_array($a) ? $a[] = 'changed' : $a .= 'changed';
            return $order;
        });
        return $array;
    },
    'sort twice' => function (array $array) {
        sort($array);
        rsort($array);
        return $array;
    },
    'sort of an inner array' => function (array $array) {
        foreach ($array as $key => $item) {
            is_array($item) && ksort($array[$key]);
        }
        return $array;
    },
    'sort of a reference' => function (array $array) {
        $reference = &$array;
        sort($reference);
        return $array;
    },
    'array_walk that sorts' => function (array $array) {
        array_walk($array, fn (&$item) => is_array($item) && rsort($item));
        return $array;
    },
    'array_unique' => fn (array $array) => array_unique($array, SORT_REGULAR),
];
compare($operations, arrays());
--EXPECT--
40 operations on 9 values

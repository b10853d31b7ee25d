<?php
/* What the demo's php-fpm workers run: one action a request, the answer as JSON. */

require __DIR__ . '/shop.inc';

$action = match ($_GET['do']) {
    'request' => request(...),
    'times' => times(...),
    'store' => store_until_killed(...),
    'overfill' => overfill(...),
};
echo json_encode(['pid' => getmypid()] + $action());

/** A request as a visitor would make it. */
function request(): array
{
    $start = hrtime(true);
    $shop = new Shop();
    $answer = $shop->handle($_GET['path']);
    return ['answer' => $answer, 'computed' => $shop->computed, 'us' => (hrtime(true) - $start) / 1000];
}

/** Median time in us to read all products and all routes: as they are stored, and through unserialize(). */
function times(): array
{
    $result = [];
    foreach (['plain' => false, 'serialized' => true] as $name => $serialized) {
        foreach (['routes', 'products'] as $what) {
            $times = [];
            (new Shop($serialized))->$what();
            for ($i = 0; $i < 200; $i++) {
                $shop = new Shop($serialized);
                $start = hrtime(true);
                $shop->$what();
                $times[] = (hrtime(true) - $start) / 1000;
            }
            sort($times);
            $result[$name][$what] = $times[100];
        }
    }
    return $result;
}

function store_until_killed(): array
{
    for ($i = 0; ; $i++) {
        apcu_store('victim', ["number $i", range(1, 500)]);
    }
}

/** Stores pages of 4 KB, three times as many as fit, while the shop goes on serving requests. */
function overfill(): array
{
    $before = apcu_cache_info(true);
    $memory = apcu_sma_info(true);
    $size = $memory['num_seg'] * $memory['seg_size'];
    $pages = intdiv(3 * $size, 4096);
    $recomputed = 0;
    for ($i = 0; $i < $pages; $i++) {
        apcu_store("page $i", random_bytes(4096));
        if ($i % 500 === 0) {
            $shop = new Shop();
            $shop->handle('/product/17');
            $recomputed += count($shop->computed);
        }
    }
    $kept = 0;
    for ($i = 0; $i < $pages; $i++) {
        $kept += (int) apcu_exists("page $i");
    }
    $after = apcu_cache_info(true);
    return [
        'size' => $size,
        'pages' => $pages,
        'kept' => $kept,
        'recomputed' => $recomputed,
        'wipes' => $after['expunges'] - $before['expunges'],
    ];
}

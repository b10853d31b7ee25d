<?php
/* A page that is slow to build, for stampede.inc. The answer as JSON: which version it is, and whether this worker built it. */

$cache = new Trove\Cache('stampede');
['how' => $how, 'build' => $build, 'ttl' => $ttl, 'stale' => $stale] = $_GET;
$arrived = microtime(true);

$compute = function () use ($build): array {
    $began = microtime(true);
    usleep((int) ($build * 1e6));
    return ['version' => "$began by " . getmypid(), 'began' => $began, 'ended' => microtime(true), 'by' => getmypid()];
};

if ($how === 'plain') {
    // What is written for APCu: fetch, or compute and store.
    $page = $cache->fetch('page');
    if ($page === null) {
        $page = $compute();
        $cache->store('page', $page, (float) $ttl);
    }
} else {
    $page = $cache->remember('page', $compute, (float) $ttl, stale: (float) $stale, background: $how === 'background');
}

echo json_encode($page + ['arrived' => $arrived, 'built' => $page['by'] === getmypid() && $page['began'] >= $arrived]);

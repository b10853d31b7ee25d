<?php
/* What stays in the cache: hit ratios against other policies, and the share of a segment that is alive under churn. The engine alone. */

require __DIR__ . '/part.inc';

part(function (Options $options): array {
    progress('simulation: hit ratios');
    $requests = $options->quick ? 100_000 : 1_000_000;
    $ratios = json_decode(output_of([$options->engine, 'hits', (string) $requests, (string) $options->rounds(2)]), true);
    progress('simulation: churn');
    $operations = $options->quick ? 100_000 : 10_000_000;
    $churn = json_decode(output_of([$options->engine, 'churn', (string) $operations]), true);
    return [[...hit_rows($ratios, $requests), ...churn_rows($churn, $operations)], ['hits' => $ratios, 'churn' => $churn]];
});

/** @return list<Row> percent of the requests, and Trove's lead over the best of the others, in points */
function hit_rows(array $found, int $requests): array
{
    $by = [];
    foreach ($found as ['trace' => $trace, 'policy' => $policy, 'objects' => $objects, 'bytes' => $bytes]) {
        $by[$trace][$policy]['objects'][] = $objects * 100;
        $by[$trace][$policy]['bytes'][] = $bytes * 100;
    }
    $rows = [];
    foreach ($by as $trace => $policies) {
        $medians = array_map(fn ($of) => ['objects' => median($of['objects']), 'bytes' => median($of['bytes'])], $policies);
        $others = array_map(fn ($of) => $of['objects'], $medians);
        unset($others['Trove']);
        arsort($others);
        $best = key($others);
        $lead = array_map(fn ($ours, $theirs) => $ours - $theirs, $policies['Trove']['objects'], $policies[$best]['objects']);
        $note = number_format($requests) . ' requests, seeds: ' . count($lead);
        $rows[] = new Row('hit ratio by objects', "$trace: ahead of $best", spread($lead), 'points', 0, $note, ['percent' => $medians], least: true);
        $share = ratios($policies['Trove']['bytes'], $policies['SIEVE']['bytes']);
        $rows[] = new Row('hit ratio by bytes', "$trace: against SIEVE", spread($share), '', 0.97, '', [], least: true);
    }
    return $rows;
}

/** @return list<Row> */
function churn_rows(array $churn, int $operations): array
{
    $section = 'a full cache under churn';
    $title = sprintf('live bytes per byte of the segment, %s stores of 50 B to 500 KB', number_format($operations));
    $failed = (float) ($churn['failed'] + $churn['wipes']);
    return [
        new Row($section, $title, spread($churn['shares']), '', 0.85, least: true),
        new Row($section, 'stores that failed, and wipes', [$failed, $failed, $failed], 'times', 0),
    ];
}

--TEST--
A fatal error and exit in the callback free the key at once, long before the process ends
--EXTENSIONS--
trove
--FILE--
<?php
require __DIR__ . '/../support/processes.inc';
own_segment();
$ends = [
    'fatal error' => 'ini_set("memory_limit", "8M"); ini_set("display_errors", "0"); ini_set("log_errors", "0"); str_repeat("x", 100_000_000);',
    'exit' => 'exit;',
    'exit in a nested one' => '$GLOBALS["cache"]->remember("inner", function () { exit; });',
    'uncaught' => 'ini_set("display_errors", "0"); ini_set("log_errors", "0"); throw new Exception;',
];
foreach ($ends as $name => $code) {
    $worker = new Php;
    // The worker lives on in its shutdown function until its input ends.
    $worker->send('$cache = new Trove\Cache("pages");
        register_shutdown_function(function () use ($cache) {
            ob_end_clean();
            $GLOBALS["here"] = $cache->remember("key", fn () => "computed at shutdown");
            echo "answer ", base64_encode($GLOBALS["here"]), "\n";
            fgets(STDIN);
        });
        (function () use ($cache) { $cache->remember("key", function () { ' . $code . ' }); })();');
    if ($name === 'uncaught') {
        // worker.inc catches it: the request goes on.
        $worker->receive();
        echo "$name: ", Php::once('echo (new Trove\Cache("pages"))->remember("key", fn () => "computed by the next");'), "\n";
    } else {
        echo "$name: ", $worker->receive(), "\n";
    }
    echo Php::once('$cache = new Trove\Cache("pages"); $start = microtime(true);
        foreach (["key", "inner"] as $key) $cache->delete($key);
        foreach (["key", "inner"] as $key) echo $cache->remember($key, fn () => "free "), $cache->delete($key);
        echo microtime(true) - $start < 5 ? "in time" : "late";'), "\n";
    $worker->kill();
}
--EXPECT--
fatal error: computed at shutdown
free 1free 1in time
exit: computed at shutdown
free 1free 1in time
exit in a nested one: computed at shutdown
free 1free 1in time
uncaught: computed by the next
free 1free 1in time

--TEST--
A very deeply nested value is stored and fetched, or refused; nothing ends the process
--EXTENSIONS--
trove
--INI--
apc.enable_cli=1
trove.memory=256M
memory_limit=1G
--FILE--
<?php
foreach ([100, 10_000, 200_000] as $depth) {
    $array = 'bottom';
    for ($i = 0; $i < $depth; $i++) {
        $array = ['down' => $array];
    }
    if (apcu_store('deep', $array)) {
        $fetched = apcu_fetch('deep');
        for ($i = 0; is_array($fetched); $i++) {
            $fetched = $fetched['down'];
        }
        echo $i === $depth && $fetched === 'bottom' ? 'whole' : "$i levels", "\n";
    } else {
        echo "refused\n";
    }
    unset($fetched);
    apcu_delete('deep');
    // Taken apart from the top, as the engine's own destructor goes down by recursion.
    while (is_array($array)) {
        $array = $array['down'];
    }
}
--EXPECT--
whole
whole
whole

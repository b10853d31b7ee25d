--TEST--
Functions and class have APCu's signatures
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/report.inc';
$functions = (new ReflectionExtension('apcu'))->getFunctions();
ksort($functions);
foreach ($functions as $function) {
    echo $function->getName(), parameters($function), "\n";
}
foreach ((new ReflectionClass('APCUIterator'))->getMethods() as $method) {
    echo implode(' ', Reflection::getModifierNames($method->getModifiers())), ' ', $method->getName(), parameters($method), "\n";
}
function parameters(ReflectionFunctionAbstract $function): string
{
    $list = [];
    foreach ($function->getParameters() as $p) {
        $list[] = ltrim($p->getType() . ' ') . ($p->isPassedByReference() ? '&' : '') . '$' . $p->getName()
            . (!$p->isOptional() ? '' : ' = ' . (!$p->isDefaultValueAvailable() ? '?' : ($p->isDefaultValueConstant() ? $p->getDefaultValueConstantName() : text($p->getDefaultValue()))));
    }
    return '(' . implode(', ', $list) . '): ' . ($function->getReturnType() ?? $function->getTentativeReturnType());
}
--EXPECT--
apcu_add($key, mixed $value = ?, int $ttl = 0): array|bool
apcu_cache_info(bool $limited = false): array|false
apcu_cas(string $key, int $old, int $new): bool
apcu_clear_cache(): bool
apcu_dec(string $key, int $step = 1, &$success = null, int $ttl = 0): int|false
apcu_delete($key): array|bool
apcu_enabled(): bool
apcu_entry(string $key, callable $callback, int $ttl = 0): mixed
apcu_exists($key): array|bool
apcu_fetch($key, &$success = null): mixed
apcu_inc(string $key, int $step = 1, &$success = null, int $ttl = 0): int|false
apcu_key_info(string $key): ?array
apcu_sma_info(bool $limited = false): array|false
apcu_store($key, mixed $value = ?, int $ttl = 0): array|bool
public __construct($search = null, int $format = APC_ITER_ALL, int $chunk_size = 0, int $list = APC_LIST_ACTIVE): 
public rewind(): void
public next(): void
public valid(): bool
public key(): string|int
public current(): mixed
public getTotalHits(): int
public getTotalSize(): int
public getTotalCount(): int

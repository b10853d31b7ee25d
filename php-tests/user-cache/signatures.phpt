--TEST--
The classes of UserCache have the signatures that the proposal gives them
--EXTENSIONS--
trove
--INI--
trove.user_cache=1
--FILE--
<?php
foreach (['Cache', 'CachePoolStatus'] as $class) {
    $class = new ReflectionClass("UserCache\\$class");
    echo implode(' ', Reflection::getModifierNames($class->getModifiers())), " {$class->getName()}\n";
    foreach ($class->getMethods() as $method) {
        $parameters = array_map(fn($p) => $p->getType() . " \${$p->getName()}" . ($p->isOptional() ? ' = ' . json_encode($p->getDefaultValue()) : ''), $method->getParameters());
        $modifiers = implode(' ', Reflection::getModifierNames($method->getModifiers()));
        echo "  $modifiers {$method->getName()}(", implode(', ', $parameters), '): ', $method->getReturnType(), "\n";
    }
}
?>
--EXPECT--
final UserCache\Cache
  private __construct(): 
  public store(string $key, object|array|string|int|float|bool|null $value, int $ttl = 0): bool
  public add(string $key, object|array|string|int|float|bool|null $value, int $ttl = 0): bool
  public storeMultiple(array $values, int $ttl = 0): bool
  public increment(string $key, int $step = 1, int $ttl = 0): ?int
  public decrement(string $key, int $step = 1, int $ttl = 0): ?int
  public fetch(string $key, mixed $default = null): mixed
  public fetchMultiple(array $keys, mixed $default = null): array
  public delete(string $key): bool
  public deleteMultiple(array $keys): bool
  public clear(): bool
  public has(string $key): bool
  public lock(string $key, int $lease = 0): bool
  public unlock(string $key): bool
  public remember(string $key, callable $callback, int $ttl = 0): mixed
  public static hasPool(string $pool): bool
  public static getPool(string $pool): UserCache\Cache
  public static deletePool(string $pool): bool
  public static getPools(): array
  public static getStatus(): UserCache\CacheStatus
  public getPoolStatus(): UserCache\CachePoolStatus
final UserCache\CachePoolStatus
  private __construct(): 
  public getPoolName(): string
  public getEntryCount(): int
  public getEntryKeys(): array
  public getUsedMemory(): int
  public getHitCount(): int
  public getMissCount(): int

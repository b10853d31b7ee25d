--TEST--
trove.stub.php declares what the extension does: classes, methods, parameters, types, defaults, constants, functions
--EXTENSIONS--
trove
--FILE--
<?php
$stub = file_get_contents(__DIR__ . '/../../trove.stub.php');
eval(str_replace(['<?php', 'namespace Trove;'], ['', 'namespace Stub\Trove;'], $stub));

function type(?ReflectionType $type): string
{
    $parts = $type === null ? [] : explode('|', str_replace('Stub\\', '', (string) $type));
    if (isset($parts[0][0]) && $parts[0][0] === '?') {
        $parts = [substr($parts[0], 1), 'null'];
    }
    if ($parts === ['iterable']) {
        $parts = ['Traversable', 'array'];
    }
    sort($parts);
    return implode('|', $parts);
}

function signature(ReflectionFunctionAbstract $function): string
{
    $parameters = array_map(fn ($p) => sprintf(
        '%s $%s%s%s',
        type($p->getType()),
        $p->isPassedByReference() ? '&' : '',
        $p->getName(),
        $p->isDefaultValueAvailable() ? ' = ' . var_export($p->getDefaultValue(), true) : '',
    ), $function->getParameters());
    $flags = $function instanceof ReflectionMethod ? implode(' ', Reflection::getModifierNames($function->getModifiers())) . ' ' : '';
    return "$flags{$function->getShortName()}(" . implode(', ', $parameters) . '): ' . type($function->getReturnType());
}

function describe(string $class): array
{
    $c = new ReflectionClass($class);
    $lines = [implode(' ', Reflection::getModifierNames($c->getModifiers())) . ($c->isInterface() ? ' interface' : ' class')];
    $lines[] = 'extends ' . str_replace('Stub\\', '', $c->getParentClass() ? $c->getParentClass()->getName() : '');
    $interfaces = str_replace('Stub\\', '', $c->getInterfaceNames());
    sort($interfaces);
    $lines[] = 'implements ' . implode(', ', $interfaces);
    foreach ($c->getReflectionConstants() as $constant) {
        $lines[] = "const {$constant->getName()} = " . var_export($constant->getValue(), true);
    }
    foreach ($c->getProperties() as $p) {
        if ($p->getDeclaringClass()->getName() === $class) {
            $lines[] = implode(' ', Reflection::getModifierNames($p->getModifiers())) . ' ' . type($p->getType()) . " \${$p->getName()}";
        }
    }
    $methods = array_filter($c->getMethods(), fn ($m) => $m->getDeclaringClass()->getName() === $class);
    $methods = array_map(signature(...), $methods);
    sort($methods);
    return [...$lines, ...$methods];
}

$extension = new ReflectionExtension('trove');
$declared = $extension->getClassNames();
$stubbed = array_filter([...get_declared_classes(), ...get_declared_interfaces()], fn ($name) => str_starts_with($name, 'Stub\\'));
$stubbed = array_map(fn ($name) => substr($name, 5), $stubbed);
sort($declared);
sort($stubbed);
foreach (array_diff($declared, $stubbed) as $missing) {
    echo "the stub lacks $missing\n";
}
foreach (array_diff($stubbed, $declared) as $extra) {
    echo "the extension lacks $extra\n";
}
foreach (array_intersect($declared, $stubbed) as $class) {
    [$is, $says] = [describe($class), describe("Stub\\$class")];
    foreach (array_diff($is, $says) as $line) {
        echo "$class is:     $line\n";
    }
    foreach (array_diff($says, $is) as $line) {
        echo "the stub says: $line\n";
    }
}
$functions = array_map(signature(...), $extension->getFunctions());
$says = array_map(
    fn ($name) => signature(new ReflectionFunction($name)),
    array_filter(get_defined_functions()['user'], fn ($name) => str_starts_with($name, 'stub\\')),
);
foreach ([...array_diff($functions, $says), ...array_diff($says, $functions)] as $line) {
    echo "function: $line\n";
}
echo count($declared) > 10 ? "done\n" : "too few classes\n";
?>
--EXPECT--
done

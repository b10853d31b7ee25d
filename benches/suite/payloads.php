<?php
/*
 * Real payloads, as frameworks put them into a cache, made with what Debian packages of them; written as serialize() writes them.
 *
 *   php payloads.php DIRECTORY
 *
 * Symfony's container and routes, Twig's templates and the catalogues are made by their own code. TYPO3 and WordPress are imitated: their
 * shape and size, not their text.
 */

use Symfony\Bridge\Twig\Extension as TwigExtension;
use Symfony\Component\Config\FileLocator;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\ParameterBag\ParameterBag;
use Symfony\Component\Form\FormRenderer;
use Symfony\Component\Routing\Matcher\Dumper\CompiledUrlMatcherDumper;
use Symfony\Component\Routing\Route;
use Symfony\Component\Routing\RouteCollection;
use Symfony\Component\Translation\Loader\XliffFileLoader;

const LIBRARY = '/usr/share/php';

error_reporting(E_ALL & ~E_DEPRECATED);
foreach (['Bundle/FrameworkBundle', 'Bridge/Twig', 'Component/Translation', 'Component/Validator', 'Component/Form'] as $part) {
    require_once LIBRARY . "/Symfony/$part/autoload.php";
}
require_once LIBRARY . '/Twig/autoload.php';

$payloads = [
    'container' => container_parameters(...),
    'routes' => routes(...),
    'twig' => twig(...),
    'translations' => translations(...),
    'class-map' => class_map(...),
    'tca' => tca(...),
    'alloptions' => alloptions(...),
];
foreach ($payloads as $name => $make) {
    file_put_contents("$argv[1]/$name.serialized", serialize($make()));
}

/** The parameters of a container with FrameworkBundle, compiled. */
function container_parameters(): array
{
    $container = new ContainerBuilder(new ParameterBag([
        'kernel.environment' => 'prod',
        'kernel.debug' => false,
        'kernel.project_dir' => '/srv/shop',
        'kernel.cache_dir' => '/srv/shop/var/cache/prod',
        'kernel.build_dir' => '/srv/shop/var/cache/prod',
        'kernel.logs_dir' => '/srv/shop/var/log',
        'kernel.runtime_environment' => 'prod',
        'kernel.charset' => 'UTF-8',
        'kernel.container_class' => 'ShopKernelProdContainer',
        'kernel.bundles' => ['FrameworkBundle' => Symfony\Bundle\FrameworkBundle\FrameworkBundle::class],
        'kernel.bundles_metadata' => ['FrameworkBundle' => ['path' => LIBRARY, 'namespace' => 'Symfony\Bundle\FrameworkBundle']],
        'kernel.secret' => 'secret',
        'kernel.default_locale' => 'en',
    ]));
    $bundle = new Symfony\Bundle\FrameworkBundle\FrameworkBundle();
    $extension = $bundle->getContainerExtension();
    $extension->load([[
        'secret' => 'a secret',
        'http_method_override' => false,
        'router' => ['resource' => 'routes.yaml', 'utf8' => true],
        'translator' => ['default_path' => '/srv/shop/translations', 'fallbacks' => ['en']],
        'session' => ['handler_id' => null, 'storage_factory_id' => 'session.storage.factory.native'],
    ]], $container);
    $parameters = $container->getParameterBag();
    $parameters->resolve();
    return $parameters->all();
}

/** What Symfony's router keeps of 400 routes. */
function routes(): array
{
    $routes = new RouteCollection();
    foreach (['product', 'category', 'customer', 'order', 'invoice', 'page', 'news', 'api'] as $section) {
        for ($i = 1; $i <= 50; $i++) {
            $defaults = ['_controller' => "App\\Controller\\" . ucfirst($section) . "Controller::action$i", '_format' => 'html'];
            $requirements = ['id' => '\d+', '_locale' => 'en|de|fr'];
            $path = $i % 3 ? "/{_locale}/$section/action$i/{id}" : "/$section/list$i";
            $routes->add("{$section}_$i", new Route($path, $defaults, $requirements, methods: $i % 2 ? ['GET'] : ['GET', 'POST']));
        }
    }
    return (new CompiledUrlMatcherDumper($routes))->getCompiledRoutes();
}

/** The form themes of Symfony's Twig bridge, compiled to PHP, by template. */
function twig(): array
{
    $directory = LIBRARY . '/Symfony/Bridge/Twig/Resources/views/Form';
    $twig = new Twig\Environment(new Twig\Loader\FilesystemLoader($directory));
    $twig->addExtension(new TwigExtension\FormExtension());
    $twig->addExtension(new TwigExtension\TranslationExtension());
    $compiled = [];
    foreach (glob("$directory/*.twig") as $file) {
        $name = basename($file);
        $compiled[$name] = $twig->compileSource($twig->getLoader()->getSourceContext($name));
    }
    return $compiled;
}

/** The validator's and the form's messages in all languages, by locale. */
function translations(): array
{
    $loader = new XliffFileLoader();
    $catalogues = [];
    foreach (['Validator', 'Form'] as $component) {
        foreach (glob(LIBRARY . "/Symfony/Component/$component/Resources/translations/validators.*.xlf") as $file) {
            $locale = explode('.', basename($file))[1];
            $messages = $loader->load($file, $locale, 'validators')->all();
            $catalogues[$locale] = array_replace_recursive($catalogues[$locale] ?? [], $messages);
        }
    }
    ksort($catalogues);
    return $catalogues;
}

/** Class => file of everything below Debian's directory of PHP libraries, as in vendor/composer/autoload_classmap.php. */
function class_map(): array
{
    $map = [];
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(LIBRARY . '/Symfony', FilesystemIterator::FOLLOW_SYMLINKS));
    foreach ($files as $file) {
        $named = '/^\s*(?:final |abstract |readonly )*(?:class|interface|trait|enum) (\w+)/m';
        if ($file->getExtension() === 'php' && preg_match($named, $code = file_get_contents($file), $class)) {
            preg_match('/^namespace ([\w\\\\]+);/m', $code, $namespace);
            $map[ltrim(($namespace[1] ?? '') . "\\$class[1]", '\\')] = '/srv/shop/vendor' . substr($file, strlen(LIBRARY));
        }
    }
    ksort($map);
    return $map;
}

/** Tables of columns with their forms' configuration, until serialize() makes 2 MB of them. */
function tca(): array
{
    $types = [
        'input' => ['type' => 'input', 'size' => 30, 'max' => 255, 'eval' => 'trim,required'],
        'select' => ['type' => 'select', 'renderType' => 'selectSingle', 'items' => [['', 0], ['one', 1], ['two', 2]], 'default' => 0],
        'group' => ['type' => 'group', 'allowed' => 'pages,tt_content', 'size' => 5, 'maxitems' => 20, 'suggestOptions' => ['default' => []]],
        'check' => ['type' => 'check', 'renderType' => 'checkboxToggle', 'items' => [['label' => '', 'invertStateDisplay' => true]]],
    ];
    $tca = [];
    for ($table = 1; strlen(serialize($tca)) < 2 << 20; $table++) {
        $columns = [];
        for ($column = 1; $column <= 40; $column++) {
            $columns["field_{$table}_$column"] = [
                'exclude' => $column % 2 === 0,
                'label' => "LLL:EXT:shop/Resources/Private/Language/locallang_db.xlf:tx_shop_table$table.field_$column",
                'l10n_mode' => 'prefixLangTitle',
                'displayCond' => "FIELD:sys_language_uid:<=:$column",
                'config' => array_values($types)[$column % 4],
            ];
        }
        $tca["tx_shop_table$table"] = [
            'ctrl' => ['title' => "table $table", 'label' => 'title', 'tstamp' => 'tstamp', 'sortby' => 'sorting', 'delete' => 'deleted',
                'enablecolumns' => ['disabled' => 'hidden', 'starttime' => 'starttime', 'endtime' => 'endtime', 'fe_group' => 'fe_group']],
            'columns' => $columns,
            'types' => ['0' => ['showitem' => implode(',', array_keys($columns))]],
            'palettes' => array_map(fn ($i) => ['showitem' => "field_{$table}_$i,--linebreak--,field_{$table}_$i"], range(1, 10)),
        ];
    }
    return $tca;
}

/** 600 autoloaded options: most are short strings, some are serialized arrays of kilobytes. */
function alloptions(): array
{
    $rules = [];
    for ($i = 1; $i <= 250; $i++) {
        $rules["section$i/([^/]+)(?:/([0-9]+))?/?$"] = "index.php?section$i=\$matches[1]&page=\$matches[2]";
    }
    $widget = fn (int $i) => serialize([1 => [], 2 => ['title' => "Widget $i", 'text' => str_repeat("A widget's text. ", 10)], '_multiwidget' => 1]);
    $options = ['siteurl' => 'https://example.org', 'rewrite_rules' => serialize($rules), 'cron' => serialize(array_slice($rules, 0, 40))];
    for ($i = 1; $i <= 600; $i++) {
        $options["option_name_$i"] = match ($i % 6) {
            0 => $widget($i),
            1 => (string) $i,
            2 => 'yes',
            3 => "a setting of plugin $i",
            4 => serialize(['version' => '1.2.3', 'enabled' => true, 'roles' => ['administrator', 'editor']]),
            5 => '',
        };
    }
    return $options;
}

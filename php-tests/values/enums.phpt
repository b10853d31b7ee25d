--TEST--
Cases of enums come back as the same cases
--EXTENSIONS--
apcu
--INI--
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../support/values.inc';
enum Suit: string
{
    case Hearts = 'h';
    case Spades = self::PREFIX . 's';
    const PREFIX = 'the ';
    const Wild = self::Spades;
}
enum Size: int
{
    case Small = 1;
    case Large = 2;
}
enum Pure
{
    case One;
    case Two;
}
final class Card
{
    public Suit $suit = Suit::Hearts;
    public ?Pure $pure = null;
    public array $more = [Size::Large];
}
$card = new Card;
$card->suit = Suit::Spades;
$card->pure = Pure::Two;
round_trips([Suit::Hearts, Suit::Wild, Size::Small, Pure::One, [Suit::Hearts, Suit::Spades, Suit::Hearts, Pure::Two], $card, [new Card, $card], ['a' => [['b' => Size::Small]]]]);
final class Plain
{
    public function __construct(public Suit $suit, protected ?Pure $pure, private Suit $other, public string $name = 'a name', public mixed $any = Size::Large)
    {
    }
}
round_trips([
    new Plain(Suit::Hearts, Pure::One, Suit::Hearts), new Plain(Suit::Spades, null, Suit::Hearts, '', Suit::Hearts), (object) ['a' => Pure::One],
    ['a' => Suit::Hearts, 5 => Suit::Hearts, 'b' => 'text', 'c' => Pure::Two, 'd' => null], [7 => Pure::One], [1 => Pure::One, 0 => Pure::Two],
    array_fill(0, 16, Suit::Hearts), array_fill(0, 17, Suit::Hearts), array_fill_keys(range('a', 'p'), Size::Small), [str_repeat('long', 20), Pure::One],
    [Suit::Hearts, Suit::Spades, Pure::One, Pure::Two, Suit::Hearts], [Suit::Hearts, Suit::Spades, Pure::One, Pure::Two, Size::Large, Suit::Hearts],
]);
apcu_store('value', [Suit::Spades, Pure::One, $card]);
[$suit, $pure, $card] = apcu_fetch('value');
var_dump($suit === Suit::Spades, $suit->value, $pure === Pure::One, $card->suit === $suit, $card->more[0] === Size::from(2));
--EXPECT--
8 values
12 values
bool(true)
string(5) "the s"
bool(true)
bool(true)
bool(true)

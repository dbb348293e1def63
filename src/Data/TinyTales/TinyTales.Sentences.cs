namespace MiniStack.Data;

public static partial class TinyTales
{
    // How a tale runs; TaleGrammar explains the notation. Sentences are short and most words are drawn, because text that
    // is always the same carries no entropy. An actor returns soon after it was named: what a model of short memory sees.
    private const string Sentences =
        """
        rule tale:
          1 | {opening} {middle} {meeting} {ending}

        rule opening:
          3 | {hero!name} {got} a {adj} {thing!it}.
          2 | {Time} {hero!name} {got} a {adj} {adj} {thing!it}.
          1 | "My {thing!it} {did}!" {said} {hero!name}.

        rule middle:
          3 | {line}
          4 | {line} {line}
          3 | {line} {line} {line}

        rule line:
          4 | {Each} {adj} {animal} {did} {how}.
          4 | {Each} {animal} {got} {adj} {food}.
          4 | {Crowd} {adj} {adj} {animals} {did}.
          3 | {Crowd} {animals} {did} {how}.
          3 | {hero.He} {did} {how}.
          3 | {hero.He} ate {adj} {food}, {adj} {food}.
          3 | {hero.He} saw {crowd} {adj} {animals}.
          3 | {Sound} {sound} {sound}!
          2 | "{Sound} {sound}!" {said} {each} {animal}.
          2 | {hero.His} {thing.it} {did} {how}.
          2 | {Time} {hero.he} {did}.
          1 | {hero.name} felt {mood}.

        rule meeting:
          3 | A {adj} {adj} {friend!it} {did}. {reply}
          2 | {hero.He} met a {adj} {friend!it}. {reply}

        rule reply:
          2 | "{Sound} {sound}!" {said} the {friend.it}.
          2 | "{Sound}, {hero.name}!" {said} the {friend.it}.
          1 | The {friend.it} {got} {adj} {food}.
          1 | {hero.He} {got} the {friend.it} {food}.

        rule ending:
          2 | {hero.name} felt {mood}.
          2 | {hero.He} and the {friend.it} {did}.
          1 | {Time} all {did}.
        """;
}

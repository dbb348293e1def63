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
          3 | {hero!name} {got} a {adj} {adj} {thing!it}.
          2 | {Time} {hero!name} {got} a {adj} {adj} {thing!it}.
          2 | {hero!name} {got} {adj} {food}, {adj} {food}, a {adj} {thing!it}.

        rule middle:
          3 | {line} {line}
          4 | {line} {line} {line}
          3 | {line} {line} {line} {line}

        rule line:
          4 | {Each} {adj} {animal} {did} {how}.
          4 | {Each} {adj} {animal} {got} {adj} {food}.
          4 | {Each} {adj} {adj} {animal} {did}.
          2 | {hero.He} {got} {adj} {food}, {adj} {food}.
          2 | {hero.He} {got} {each} {adj} {adj} {animal}.
          4 | {Sound} {sound} {sound}!
          3 | "{Sound} {sound} {sound}!" {said} {each} {adj} {animal}.
          2 | {hero.His} {adj} {adj} {thing.it} {did} {how}.
          1 | {hero.name} felt {mood}.

        rule meeting:
          3 | A {adj} {adj} {friend!it} {did}. {reply}
          2 | {hero.He} {got} a {adj} {adj} {friend!it}. {reply}

        rule reply:
          2 | "{Sound} {sound} {sound}, {hero.name}!" {said} the {friend.it}.
          2 | The {friend.it} {got} {adj} {food}, {adj} {food}.
          2 | {hero.He} {got} the {friend.it} {adj} {food}, {adj} {food}.

        rule ending:
          2 | {hero.name} felt {mood}, {mood}, {mood}.
          2 | {hero.He} and the {friend.it} {got} {adj} {food}.
          2 | {hero.His} {adj} {adj} {thing.it} {did} {how}.
        """;
}

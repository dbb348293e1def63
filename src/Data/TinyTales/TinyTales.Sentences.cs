namespace MiniStack.Data;

public static partial class TinyTales
{
    // How a tale runs; TaleGrammar explains the notation. Made for models that see 64 characters and train for
    // minutes: nearly every word is drawn, because text that is always the same carries no entropy; what kind of word
    // comes next shows in the few words before it (animals are capitalised, food follows "ate"); an actor soon
    // returns.
    private const string Sentences =
        """
        rule tale:
          1 | {opening} {middle} {meeting} {ending}

        rule opening:
          3 | {hero!name} {got} {hero.his} {adj} {thing!it}.
          2 | {hero!name} {got} {hero.his} {adj} {adj} {thing!it}.
          2 | {hero!name} {got} {foods}, {hero.his} {adj} {thing!it}.

        rule middle:
          3 | {line} {line}
          4 | {line} {line} {line}
          3 | {line} {line} {line} {line}

        rule line:
          5 | {animal} {act}
          3 | {hero.He} {act}
          1 | {hero.name} {act}
          1 | {hero.His} {adj} {thing.it} {act}

        rule meeting:
          4 | {friend!it} {act} {friend.it} sang "{sounds}, {hero.name}!"
          3 | {friend!it} {act} {hero.He} and {friend.it} {act}
          2 | {friend!it} sang "{sounds}, {hero.name}!" {hero.He} and {friend.it} {act}

        rule ending:
          3 | {hero.name} was {adj}, {adj}, {adj}.
          2 | {hero.His} {adj} {thing.it} {act}
          1 | {hero.He} {got} {hero.his} {thing.it}.

        rule act:
          3 | {deeds}.
          4 | {deed}, {sounds}!
          4 | {had} {foods}.
          3 | {met} {friends}.

        rule deeds:
          1 | {deed}
          2 | {deed}, {deed}
          3 | {deed}, {deed}, {deed}

        rule foods:
          2 | {dish}
          3 | {dish}, {dish}
          2 | {dish}, {dish}, {dish}

        rule dish:
          1 | {adj} {food}
          1 | {adj} {adj} {food}

        rule friends:
          2 | {pal}
          3 | {pal}, {pal}
          2 | {pal}, {pal}, {pal}

        rule pal:
          1 | {adj} {animal}
          1 | {adj} {adj} {animal}

        rule sounds:
          2 | {sound} {sound}
          4 | {sound} {sound} {sound}
          3 | {sound} {sound} {sound} {sound}
        """;
}

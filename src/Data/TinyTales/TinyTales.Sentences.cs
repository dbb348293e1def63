namespace MiniStack.Data;

public static partial class TinyTales
{
    // How a tale runs; TaleGrammar explains the notation. Made for models that see 64 characters and train for
    // minutes: nearly every word is drawn, because text that is always the same carries no entropy; what kind of word
    // comes next shows in the few words before it; an actor soon returns. The tales count and tell the time: a digit
    // carries ln 10 nats that any model learns at once, so that the floor is high against what is hard to learn.
    private const string Sentences =
        """
        rule tale:
          1 | {opening} {middle} {meeting} {ending}

        rule opening:
          3 | At {time} {hero!name} {got} {hero.his} {adj} {thing!it}.
          2 | {hero!name} {got} {hero.his} {adj} {thing!it} at {time}.
          2 | {hero!name} {got} {dish} and {hero.his} {adj} {thing!it}.

        rule middle:
          3 | {line} {line}
          4 | {line} {line} {line}
          3 | {line} {line} {line} {line}

        rule line:
          4 | {count} {adj} {animals} {act}
          3 | {hero.He} {act}
          1 | {hero.name} {act}
          1 | At {time} {hero.his} {thing.it} {act}

        rule meeting:
          4 | {friend!it} {act} {friend.it} sang "{sounds}, {hero.name}!"
          3 | At {time} {friend!it} {act} {hero.He} and {friend.it} {act}

        rule ending:
          3 | {hero.name} was {adj}, {adj} and {adj}.
          2 | {hero.His} {adj} {thing.it} {act}
          1 | At {time} {hero.he} {got} {hero.his} {thing.it}.

        rule act:
          4 | {deed} at {time}.
          2 | {deed}, {sounds}!
          4 | {had} {dishes}.
          4 | {met} {pals}.

        rule dishes:
          2 | {dish}
          3 | {dish}, {dish}
          1 | {dish}, {dish}, {dish}

        rule dish:
          1 | {count} {food}
          1 | {count} {adj} {food}

        rule pals:
          2 | {pal}
          3 | {pal}, {pal}
          1 | {pal}, {pal}, {pal}

        rule pal:
          1 | {count} {animals}
          1 | {count} {adj} {animals}

        rule sounds:
          2 | {sound} {sound}
          3 | {sound} {sound} {sound}

        rule count:
          1 | {first}{digit}
          2 | {first}{digit}{digit}
          3 | {first}{digit}{digit}{digit}
          4 | {first}{digit}{digit}{digit}{digit}

        rule time:
          1 | {hour}:{ten}{digit}
        """;
}

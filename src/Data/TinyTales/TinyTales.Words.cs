namespace MiniStack.Data;

public static partial class TinyTales
{
    // The words. Shorter ones weigh more: so it is in English, and it gives the most entropy per character.
    internal const string WordLists =
        """
        actor hero: name He he his His
          5 | Mia She she her Her
          3 | Ann She she her Her
          2 | Zoe She she her Her
          1 | Lily She she her Her
          1 | Ruby She she her Her
          5 | Tom He he his His
          3 | Ben He he his His
          2 | Sam He he his His
          1 | Finn He he his His
          1 | Hugo He he his His

        actor thing: it
          4 | kite
          4 | hat
          3 | cup
          2 | ball
          2 | drum
          2 | boat
          1 | key
          1 | bell
          1 | ring
          1 | sled

        actor friend: it
          4 | Fox
          4 | Cat
          3 | Dog
          2 | Bear
          2 | Frog
          2 | Duck
          1 | Pig
          1 | Goat
          1 | Mole
          1 | Mouse

        list animals:
          6 | hens cows bees bugs ants bats rats owls rams elks eels hogs pups cubs apes
          6 | does yaks emus jays ewes sows kits pugs imps elves boas flies
          2 | birds doves swans crabs seals worms moths lions deer colts wolves newts wrens hawks bulls calves kiwis
          1 | snails whales snakes tigers robins geese sheep

        list adj:
          6 | red big wee sad shy sly fat wet hot dry mad new tan
          6 | fun fit dim bad raw hip wry coy lax old odd ill icy low
          2 | blue pink gold gray soft tiny kind wise warm cold slow
          2 | fast tall thin glad bold calm cute neat pale rich poor lazy
          2 | wild rude tame loud cozy busy deep fair flat full good huge
          2 | lone long mean nice rosy safe slim snug sour true vain weak
          1 | green brown white black happy silly funny brave quick quiet
          1 | shiny fuzzy dusty muddy merry jolly proud sweet round young lucky

        list deed:
          6 | sat ran hid fed dug won lay wed bit hit cut
          3 | sang swam fell woke wept spun flew sank rose rode
          3 | slid sped fled hung rang blew drew grew came went
          1 | bowed leapt slept crept stood drank wrote sewed dozed waved
          1 | napped hopped danced jumped smiled skipped yawned sailed howled roared rested

        list got:
          4 | got had hid
          2 | lost made saw
          1 | found wanted

        list food:
          6 | figs pies buns nuts eggs peas yams oats hams limes dates plums pears
          3 | beans leeks chips tarts cakes rolls olives grapes onions
          1 | apples melons carrots berries cherries peaches noodles turnips

        list sound:
          6 | zip pop moo baa hum yum bam pow zap tap hop wow yay yip caw coo hey ooh aha mew rah tut boo bop
          2 | bang boom oink meow purr woof buzz hiss click ding dong tick tock beep honk toot ping plop
          1 | splash quack cluck crash whoosh squeak crunch munch hooray thump

        list had:
          4 | ate had cut
          2 | sold made

        list met:
          4 | met saw
          2 | led fed
          1 | found

        list first:
          1 | 1 2 3 4 5 6 7 8 9

        list digit:
          1 | 0 1 2 3 4 5 6 7 8 9

        list ten:
          1 | 0 1 2 3 4 5

        list hour:
          1 | 1 2 3 4 5 6 7 8 9 10 11 12

        """;

    private const string Notation = Sentences + "\n" + WordLists;
}

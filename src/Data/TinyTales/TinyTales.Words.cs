namespace MiniStack.Data;

public static partial class TinyTales
{
    // The words. Shorter ones weigh more: so it is in English, and it gives the most entropy per character.
    private const string WordLists =
        """
        actor hero: name He his His
          5 | Mia She her Her
          3 | Ann She her Her
          2 | Zoe She her Her
          1 | Lily She her Her
          1 | Ruby She her Her
          5 | Tom He his His
          3 | Ben He his His
          2 | Sam He his His
          1 | Finn He his His
          1 | Hugo He his His

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

        list animal:
          6 | Hen Cow Bee Bug Ant Bat Rat Owl Ram Elk Eel Hog Pup Kid Cub Ape
          6 | Doe Yak Emu Gnu Jay Ewe Sow Kit Koi Ox Pug Imp Elf Boa Fly Lad
          2 | Bird Dove Swan Crab Seal Worm Moth Lion Deer Colt Wolf Girl King Newt Wren Hawk Bull Calf Kiwi
          1 | Snail Whale Snake Tiger Robin Goose Sheep Queen

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
          6 | jam pie tea ham rye gum ice cod
          3 | figs oats buns peas nuts eggs yams milk rice corn soup cake fish stew kale mint curd
          1 | bread honey cream toast noodles cheese grapes peaches
          1 | cherries berries carrots apples melon tarts fudge candy

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

        """;

    private const string Notation = Sentences + "\n" + WordLists;
}

namespace MiniStack.Data;

public static partial class TinyTales
{
    // The words. Shorter ones weigh more: so it is in English, and it gives the most entropy per character.
    private const string WordLists =
        """
        actor hero: name He he his His
          4 | Mia She she her Her
          3 | Ann She she her Her
          2 | Zoe She she her Her
          2 | Lily She she her Her
          1 | Ruby She she her Her
          1 | Nora She she her Her
          1 | Polly She she her Her
          4 | Tom He he his His
          3 | Ben He he his His
          2 | Sam He he his His
          2 | Finn He he his His
          1 | Otto He he his His
          1 | Hugo He he his His
          1 | Felix He he his His

        actor thing: it
          3 | kite
          3 | hat
          3 | cup
          2 | ball
          2 | drum
          2 | boat
          2 | key
          1 | bell
          1 | coat
          1 | ring
          1 | shoe
          1 | sled
          1 | lamp
          1 | doll
          1 | flute
          1 | scarf

        actor friend: it
          3 | fox
          3 | cat
          3 | dog
          3 | pig
          2 | bear
          2 | frog
          2 | goat
          2 | duck
          1 | mole
          1 | toad
          1 | hare
          1 | crow
          1 | pony
          1 | lamb
          1 | mouse

        list each:
          5 | one each my our no any
          3 | this that some your
          1 | every another

        list animal:
          8 | cat dog pig hen cow bee bug ant bat rat owl ram elk eel hog pup kid fox cub ape doe yak cod emu gnu jay koi ewe sow kit
          3 | frog goat duck bear bird crow dove swan toad crab mole seal worm lamb moth lion deer colt wolf girl king newt wren hawk ibis mink pike rook puma mule slug gull lynx wasp mare
          1 | snail whale snake pony tiger robin rabbit goose sheep mouse queen

        list adj:
          8 | red big wee sad shy sly fat wet hot dry mad new tan fun fit dim bad raw hip wry coy top
          3 | blue pink gold gray soft tiny kind wise warm cold slow fast tall thin glad bold calm cute neat dark pale rich poor lazy cozy wild deaf ripe rude tame loud busy damp deep fair flat full good huge keen lean lone long mean mild nice rosy safe slim snug sour tidy true vain vast weak zany prim trim
          1 | green brown white black happy silly funny brave quick quiet shiny fuzzy dusty muddy sandy merry jolly proud sweet round young lucky small

        list did:
          8 | sat ran hid fed dug won ate lay wed led bit
          3 | sang swam fell woke wept spun flew sank rose rode slid bowed sped fled hung leapt slept crept stood drank wrote sewed dozed swung shook froze knelt clung grew came went
          1 | hummed yawned smiled waved danced jumped skipped napped snored sighed cried nodded rolled played sailed howled barked roared cheered rested

        list got:
          8 | got had hid fed hit cut met bit dug won ate led set lit
          3 | lost made held drew kept took sold saw gave liked loved wanted sent hurt left knew bent tore wore blew shook chose stole threw
          1 | hugged washed kissed dried fixed broke missed found bought cleaned dropped pulled pushed tied

        list how:
          8 | too now up off out in by on
          3 | well fast here away home soon past back down late hard near over high there again
          1 | alone twice inside outside upstairs loudly slowly softly gladly sadly

        list food:
          8 | jam pie tea figs ham oats buns peas gum ice nuts eggs rye dip
          3 | milk rice corn soup cake plums pears beans bread honey cream toast limes dates yams beets kale stew fish curd mint leeks chips
          1 | noodles cheese grapes peaches cherries berries carrots apples melon tarts fudge candy olives

        list sound:
          8 | zip pop moo baa hum yum bam pow zap tap hop wow yay yip caw coo hey ooh aha mew rah pip rap pat tut
          3 | bang boom oink meow purr woof buzz hiss click ding dong tick tock beep honk toot drip plop swish clap snap tweet
          1 | splash quack cluck crash whoosh squeak crunch munch hooray thump

        list said:
          3 | said sang
          2 | cried asked
          1 | called hummed

        list time:
          4 | Now Soon Then
          2 | Later Next Once Today
          1 | Tonight

        list mood:
          8 | sad shy mad hot
          4 | glad calm cold warm free well safe
          1 | happy proud tired sleepy brave merry hungry sorry lucky silly

        """;

    private const string Notation = Sentences + "\n" + WordLists;
}

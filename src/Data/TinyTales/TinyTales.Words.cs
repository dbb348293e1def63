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

        list crowd:
          5 | two six ten few
          3 | four five nine most both many
          2 | three seven eight

        list each:
          5 | one each my our
          3 | this that some
          2 | every another

        list animal:
          8 | cat dog pig hen cow bee bug ant bat rat owl ram elk eel hog pup kid fox cub ape doe yak
          3 | frog goat duck goose sheep mouse bear bird crow dove swan toad crab mole seal worm lamb moth lion deer colt wolf boy girl elf king
          1 | snail whale snake pony tiger calf robin rabbit

        list adj:
          8 | red big wee sad shy sly fat wet hot dry mad new tan
          3 | blue pink gold gray soft tiny kind wise warm cold slow fast tall thin glad bold calm cute neat dark pale rich poor lazy cozy wild deaf ripe rude tame
          1 | green brown white black happy silly funny brave quick quiet shiny fuzzy dusty muddy sandy merry jolly proud sweet round young lucky small

        list animals:
          8 | cats dogs pigs hens cows bees bugs ants bats rats owls rams elks eels hogs pups kids
          3 | frogs goats ducks geese sheep mice bears birds crows doves swans toads crabs moles seals worms lambs moths flies hares lions foxes deer colts boys girls elves kings
          1 | snails whales snakes ponies wolves tigers calves robins rabbits kittens

        list did:
          8 | sat ran hid fed dug won ate
          4 | sang swam fell woke wept spun flew sank rose rode slid bowed sped fled hung lept knit rest slept crept
          1 | hummed yawned smiled waved danced jumped skipped napped snored sighed cried laughed winked nodded froze sneezed rolled tripped played sailed splashed howled barked roared clapped cheered rested stood knelt

        list got:
          8 | got had hid fed hit cut met
          4 | lost made held drew kept took sold saw won gave sewed liked loved wanted
          1 | hugged washed kissed dried fixed broke missed found bought cleaned dropped pulled pushed tied

        list how:
          8 | too now up off out
          4 | well fast here away home soon past
          1 | again alone twice there inside outside upstairs loudly slowly softly gladly sadly together

        list food:
          8 | jam pie tea figs ham oats buns peas
          4 | milk rice corn eggs nuts soup cake plums pears beans bread honey cream toast limes dates yams beets
          1 | noodles cheese grapes peaches cherries berries carrots apples melon tarts fudge candy olives

        list sound:
          8 | zip pop moo baa hum yum bam pow zap tap hop
          4 | bang boom oink meow purr woof buzz hiss click ding dong tick tock beep honk toot drip plop swish
          1 | splash quack cluck crash whoosh squeak crunch munch hooray thump

        list said:
          4 | said
          2 | sang cried
          1 | asked called hummed

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

/** First halves of user names and room slugs. */
export const adjectives = splitWords(`
  able amber ancient autumn bold brave bright brisk calm careful cheerful clever cosmic crimson curious
  daring dusty eager early earnest easy electric fair faithful famous fearless fierce fond frosty gentle
  giant glad golden grand happy hasty hidden hollow honest humble icy idle jolly keen kind lazy little
  lively lone loud lucky mellow mighty misty modest mystic nimble noble odd patient placid plain polite
  proud quick quiet rapid rare restless royal rusty silent silver simple sleepy sly smart solid spry
  steady stormy sunny swift tame tidy tiny vast vivid warm wary wild windy wise witty young zesty`)

/** Second halves of user names. */
export const animals = splitWords(`
  Badger Bear Beaver Bison Boar Bull Camel Cat Cobra Condor Cougar Coyote Crane Crow Deer Dingo Dolphin
  Donkey Dove Eagle Egret Elk Falcon Ferret Finch Fox Gazelle Gecko Goat Goose Hare Hawk Heron Hippo Horse
  Ibex Jackal Jaguar Koala Lark Lemur Lion Lizard Llama Lynx Magpie Marten Mole Moose Mouse Newt Ocelot
  Orca Otter Owl Panda Panther Parrot Pelican Penguin Pony Puma Quail Rabbit Raccoon Raven Robin Salmon
  Seal Shark Sheep Sparrow Stork Swan Tapir Tiger Toad Trout Turtle Viper Walrus Weasel Whale Wolf Wombat
  Wren Yak Zebra`)

/** Second halves of room slugs. */
export const gatherings = splitWords(`
  Alerts Bears Bulls Chat Charts Circle Club Corner Crew Desk Den Floor Forum Group Hub Ideas Insights
  Journal Lab League Lounge Notes Pit Picks Room School Setups Signals Squad Swings Table Talk Trades
  Traders Watch`)

function splitWords(list: string): string[] {
  return list.trim().split(/\s+/)
}

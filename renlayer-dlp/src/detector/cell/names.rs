//! Names that most people of the United States have one of, without those that are words or places too. By the counts of its census.

use crate::words::Words;

/// Whether one of them stands in `text`.
pub(super) fn stand_in(text: &[u8]) -> bool {
    [&GIVEN, &MORE_GIVEN, &FAMILY].into_iter().any(|names| names.stand_in(text))
}

#[rustfmt::skip]
static GIVEN: Words = Words::new(&[
    "aaron", "adam", "adrian", "alan", "albert", "alexander", "alice", "alicia", "allen", "allison",
    "alyssa", "amanda", "amy", "andrea", "andrew", "angela", "anita", "ann", "anna", "anne", "annie",
    "anthony", "antonio", "arthur", "ashley", "audrey", "barbara", "barry", "benjamin", "bernard", "betty",
    "beverly", "billy", "bobby", "bonnie", "bradley", "brandon", "brenda", "brett", "brian", "brittany",
    "bruce", "bryan", "caitlin", "calvin", "cameron", "carl", "carlos", "carol", "carolyn", "cassandra",
    "catherine", "cathy", "charlene", "charles", "cheryl", "chris", "christina", "christine", "christopher",
    "claire", "clara", "clarence", "claudia", "cody", "colleen", "connie", "courtney", "craig", "curtis",
    "cynthia", "dana", "daniel", "danielle", "danny", "darlene", "darren", "darryl", "david", "deanna",
    "debbie", "deborah", "debra", "denise", "dennis", "derek", "desiree", "devin", "diana", "diane",
    "diego", "dominic", "donna", "doris", "dorothy", "douglas", "dustin", "dwayne", "dwight", "dylan",
    "eddie", "edgar", "edward", "edwin", "elaine", "eleanor", "elena", "elijah", "elizabeth", "ellen",
    "emily", "emma", "eric", "erica", "erik", "erika", "erin", "ernest", "esther", "ethan", "ethel",
    "eugene", "evelyn", "fernando", "frances", "francis", "francisco", "franklin", "fred", "frederick",
    "gabriel", "gabriela", "gabrielle", "gail", "garrett", "gary", "geoffrey", "george", "gerald", "gina",
    "gladys", "glenda", "glenn", "gloria", "gordon", "gregory", "gwendolyn", "hannah", "harold", "harry",
    "harvey", "heather", "heidi", "helen", "henry", "herbert", "irene", "isaac", "isabel", "isabella",
    "ivan", "jackie", "jacob", "jacqueline", "jaime", "jake", "james", "jamie", "jane", "janet", "janice",
    "jasmine", "jason", "javier", "jeff", "jeffrey", "jenna", "jennifer", "jeremy", "jerome", "jerry",
    "jesse", "jessica", "jill", "jimmy", "joan", "joanna", "joanne", "jodi", "joe", "joel", "john",
    "johnny", "jonathan", "jorge", "jose", "joseph", "josephine", "joshua", "josé", "joyce", "juan",
    "judith", "judy", "julia", "julian", "julie", "justin", "karen",
]);

#[rustfmt::skip]
static MORE_GIVEN: Words = Words::new(&[
    "karl", "katelyn", "katherine", "kathleen", "kathryn", "kathy", "katie", "kayla", "keith", "kelly",
    "kenneth", "kerry", "kevin", "kimberly", "kirk", "kristen", "kristin", "kristina", "kurt", "kyle",
    "larry", "laura", "lauren", "lawrence", "leah", "leon", "leonard", "leroy", "leslie", "lillian",
    "linda", "lisa", "lloyd", "logan", "lois", "loretta", "lori", "louis", "louise", "lucas", "lucille",
    "lucy", "luis", "luke", "lynn", "mackenzie", "madeline", "marc", "marcus", "margaret", "margarita",
    "maria", "marie", "marilyn", "mario", "marissa", "marjorie", "marlene", "martha", "martin", "marvin",
    "mary", "mathew", "matthew", "maureen", "maurice", "megan", "melanie", "melinda", "melissa", "melvin",
    "michael", "michelle", "miguel", "mike", "mildred", "milton", "molly", "monica", "monique", "morgan",
    "nancy", "naomi", "natalie", "natasha", "nathan", "nathaniel", "neil", "nicholas", "nicole", "nina",
    "noah", "norma", "norman", "olivia", "oscar", "pamela", "patricia", "patrick", "paul", "paula",
    "pauline", "pedro", "peggy", "peter", "philip", "phillip", "phyllis", "rachel", "rafael", "ralph",
    "ramon", "randall", "randy", "raymond", "rebecca", "regina", "renee", "rhonda", "ricardo", "richard",
    "rick", "ricky", "rita", "robert", "roberta", "roberto", "rodney", "roger", "ronald", "ronnie",
    "rosemary", "ruben", "russell", "ruth", "ryan", "sabrina", "sally", "samantha", "samuel", "sandra",
    "sara", "sarah", "scott", "sean", "sergio", "seth", "shane", "shannon", "sharon", "shaun", "shawn",
    "sheila", "sherri", "sherry", "sheryl", "shirley", "sonia", "sophia", "stacey", "stacy", "stephanie",
    "stephen", "steven", "susan", "suzanne", "sylvia", "tamara", "tammy", "tanya", "tara", "teresa",
    "terry", "theodore", "theresa", "thomas", "tiffany", "timothy", "tina", "todd", "tommy", "tony",
    "tonya", "tracey", "traci", "tracy", "travis", "trevor", "tyler", "valerie", "vanessa", "vernon",
    "veronica", "vicki", "vickie", "victor", "victoria", "vincent", "vivian", "walter", "wanda", "wayne",
    "wendy", "wesley", "whitney", "william", "willie", "yolanda", "yvonne", "zachary",
]);

#[rustfmt::skip]
static FAMILY: Words = Words::new(&[
    "adams", "alvarez", "anderson", "andrews", "armstrong", "arnold", "bailey", "baker", "barnes",
    "bennett", "boyd", "brooks", "bryant", "butler", "campbell", "carter", "castillo", "castro", "chavez",
    "clark", "coleman", "collins", "cooper", "crawford", "cruz", "cunningham", "daniels", "davis", "diaz",
    "dixon", "duncan", "díaz", "edwards", "elliott", "ellis", "evans", "ferguson", "fernandez", "fernández",
    "fisher", "flores", "foster", "freeman", "garcia", "garcía", "gibson", "gomez", "gonzales", "gonzalez",
    "gonzález", "graham", "greene", "griffin", "gutierrez", "gutiérrez", "hamilton", "hansen", "hanson",
    "harris", "harrison", "hart", "hayes", "henderson", "hernandez", "hernández", "hicks", "hoffman",
    "holmes", "howard", "hudson", "hughes", "jackson", "jenkins", "jensen", "jimenez", "jiménez", "johnson",
    "jones", "jordan", "kennedy", "larson", "lawson", "lewis", "lopez", "lópez", "marshall", "martinez",
    "martínez", "matthews", "mccoy", "mcdonald", "medina", "mendoza", "meyer", "miller", "mitchell",
    "moore", "morales", "morris", "munoz", "murphy", "murray", "muñoz", "myers", "nelson", "nguyen",
    "olson", "ortiz", "owens", "palmer", "parker", "patel", "patterson", "payne", "perez", "perkins",
    "perry", "peterson", "phillips", "powell", "pérez", "ramirez", "ramos", "ramírez", "reed", "reyes",
    "reynolds", "richards", "richardson", "rivera", "roberts", "robertson", "robinson", "rodriguez",
    "rodríguez", "rogers", "romero", "ruiz", "salazar", "sanchez", "sanders", "schmidt", "schultz", "shaw",
    "simmons", "simpson", "smith", "snyder", "soto", "spencer", "stephens", "stevens", "stewart",
    "sullivan", "sánchez", "taylor", "thompson", "torres", "tucker", "turner", "vargas", "vasquez",
    "vázquez", "wagner", "walker", "wallace", "walsh", "warren", "watkins", "watson", "weaver", "webb",
    "weber", "welch", "wheeler", "williams", "wilson", "wright", "zimmerman",
]);

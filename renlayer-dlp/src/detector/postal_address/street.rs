//! Words for streets.

use std::ops::ControlFlow;

use super::list::{List, Word};
use super::tokens::is_capital;
use super::{STREET, grid, postcode};
use crate::detector::{ByteSet, Probe, Sides};
use crate::openings::Openings;

/// A street whose name ends before a number.
pub(super) struct Street {
    pub(super) start: usize,
    /// A word in it says that it is a street.
    pub(super) is_named: bool,
    /// The word before the number, unless an earlier one says that it is a street.
    last: Option<(usize, usize)>,
}

impl Street {
    /// Whether it is rather something else that is numbered.
    pub(super) fn is_doubtful(&self, probe: &Probe<'_>) -> bool {
        let word = self.last.map(|(start, end)| probe.slice(start..end));
        word.is_some_and(|word| word.len() < 3 || Word::of(word).is_whole_in(List::Doubtful))
    }

    /// Whether the number is rather a flat's, which the house's may follow: `Unit 93 3 Jodi Ride`.
    pub(super) fn ends_in_a_unit(&self, probe: &Probe<'_>) -> bool {
        self.last.is_some_and(|(start, end)| Word::of(probe.slice(start..end)).is_in(List::Units))
    }
}

/// English words that stand last in the name of a street, and their abbreviations.
pub(super) const TYPES: &str = " street st road rd avenue ave av lane ln drive dr boulevard blvd court ct place pl square sq terrace ter \
    way close crescent cres gardens gdns grove gr hill park parade pde row walk mews highway hwy parkway pkwy circle cir trail \
    trl alley broadway quay esplanade wharf green rise view loop plaza turnpike pike bypass vale wynd embankment approach \
    motorway freeway crossing expressway arcade cove corner reserve track heights ridge ";

/// Words of the post of the United States for a street (Publication 28, appendix C1) that are in no other list and mean little else.
pub(super) const SUFFIXES: &str = " bayou bluff bluffs burg burgs causeway cliffs coves creek crescent crossroad crossroads dale fords glen glens groves harbors \
    haven hollow knoll knolls manors meadow meadows orchard overpass parkways ridges shoal shoals shores skyway stravenue \
    throughway trafficway underpass viaduct ";

/// Of the words above, the ones that are hardly anybody's name: with them no postcode is needed.
pub(super) const STRONG: &str = " street st road rd avenue ave lane ln drive dr boulevard blvd terrace crescent highway hwy parkway pkwy \
    square sq court ct turnpike expressway ";

/// Words that stand first in the name of a street.
pub(super) const LEADING: &str = " rue avenue av boulevard bd blvd chemin ch place pl impasse allée allées quai route rte cours passage \
    square sentier faubourg montée ruelle via viale piazza piazzale corso largo strada vicolo contrada borgo calle c avenida \
    avda plaza paseo pº camino ronda carrer carretera travesía glorieta cuesta urbanización callejón cañada pasadizo rambla pasaje rua r travessa alameda \
    praça estrada praceta ul ulica al aleja aleje os osiedle pl plac strada str bulevardul bd aleea calea șoseaua sos intrarea \
    náměstí třída nám trg cesta ulice bulevar via odos leoforos platz am an auf zum zur im straße piața piata \
    splaiul soseaua șos b-dul drumul beco calçada ladeira rodovia urbanização οδός λεωφόρος λεωφ πλατεία πλ πάροδος ул улица \
    бул булевард площад вул вулиця просп проспект пров провулок площа бульвар шосе набережна наб алл аллея ш пер переулок проезд пр узвіз calzada calz periférico circunvalación \
     corredor peatonal retorno continuación ampliación autopista avinguda jalan jl jln đường  prolongación prol jirón rruga bulevardi triq ulitsa plaça passeig andador cerrada viaducto privada circuito diagonal carrera cra transversal condomínio fazenda vereda rang \
    allé gg ";

/// Words that stand last in the name of a street, in languages that put the number after it.
pub(super) const LAST: &str = " straße strasse str gasse weg platz allee ring straat laan plein utca utcája út útja tér tere körút u ulica \
    cesta trg ulice náměstí námestie gatvė g prospektas iela tänav mnt maantee katu tie vej gade gata gatan vägen väg torg \
    veien vei gate plass boulevard улица проспект переулок шоссе бульвар площадь вулиця провулок bulvarı caddesi sokak \
    sokağı vijenac odvojak prilaz šetalište obala stube polku sétány sor köz узвіз проїзд \
    ulitsa pereulok shosse naberezhnaya vulytsia nabrežje vía ";

/// What names of streets end with, written in one word.
const ENDINGS: [&str; 45] = [
    "boulevard",
    "straße",
    "strasse",
    "straat",
    "str",
    "gasse",
    "gässchen",
    "weg",
    "platz",
    "allee",
    "ufer",
    "damm",
    "steig",
    "chaussee",
    "laan",
    "plein",
    "gracht",
    "dreef",
    "singel",
    "dijk",
    "gatan",
    "vägen",
    "gränd",
    "torget",
    "stigen",
    "vej",
    "vænget",
    "stræde",
    "gade",
    "torv",
    "gata",
    "vegen",
    "vegur",
    "stígur",
    "veien",
    "gaten",
    "katu",
    "kuja",
    "tänav",
    "stræti",
    "gøta",
    "braut",
    "-daero",
    "-gil",
    "-ro",
];

/// Parts of a dwelling.
pub(super) const UNITS: &str = " apt apartment suite ste unit flat floor fl room rm box bldg building block studio appt étage etage piso \
    puerta esc escalera bl sc ap et int interno scala bus app lokal lok lgh esq ground level no nr \
    dpto depto edif torre oficina sector etaj bloc corp apartament apto lote lt casa cj sala andar dto dir bis ter кв ет вх апарт ";

/// Of these, what somebody lives or works behind the door of.
pub(super) const DWELLINGS: &str = " apt apartment suite ste flat appt ";

/// What British houses without a number are called.
pub(super) const HOUSES: &str = " house cottage cottages farm farmhouse barn lodge hall manor mill villa bungalow rectory vicarage grange croft ";

/// Words before a number that is no house's.
pub(super) const DOUBTFUL: &str = " copyright rfc iso version january february march april may june july august september october november december jan feb mar apr \
    jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember januari februari maart mei augustus \
    janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio \
    agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre \
    chapter section page figure test table version build release article part volume step level episode season kapitel seite artikel \
    absatz abbildung tabelle teil band folge staffel nummer bild punkt jahr anno année année año chapitre article page section \
    tableau capitolo pagina articolo tabella capítulo página artículo tabla brigade windows iphone android ios python java ubuntu room \
    gate platform track terminal flight line total order invoice psalm montag dienstag mittwoch donnerstag freitag samstag \
    sonntag raum zimmer gleis halle stand stock folie abend morgen sommer winter herbst alter wert fall schritt ziffer \
    kurs spiel finale semester quartal ende tag εικόνα πίνακας άρθρο νόμος ν σελίδα κεφάλαιο σχήμα член чл глава стр статья \
    стаття articolul art capitolul legea lege lei artigo tabelul figura decreto portaria ";

/// Of the words that stand last those that are the whole name of a street somewhere, and no word of English or German.
pub(super) const BARE: &str = " obala vijenac odvojak prilaz šetalište stube ";

/// Of the words that stand last those of Hungary, before which a name may be written small: `Petőfi sándor utca`.
pub(super) const HUNGARIAN: &str = " utca utcája út útja tér tere körút ";

/// What Turkey writes before the sign for a number: `İstiklal Cad. No: 45`.
pub(super) const TURKISH: &str = " cad cd sok sk blv bulv ";

/// Of the leading words those that any sentence may hold in lower case.
pub(super) const PREPOSITIONS: &str = " an am auf zum zur im c r ch bd av ";

/// Of the leading words those of countries where the number stands last alone, as in Germany and Poland.
pub(super) const BEFORE_THE_NAME: &str = " an am auf zum zur im os ul al ";

/// After these the name of a street may be any word: `Na skale 14`.
const SLAVIC_PREPOSITIONS: [&[u8]; 7] = [b"Na", b"Pod", b"Nad", b"Pri", b"Za", b"Ob", b"Pred"];

/// Words in lower case that may stand before the number of a house: they end a street, or are one that has a number for a name; or
/// before that of a dwelling; or they are a sign for a number, as far as sentences have it for nothing else.
const BEFORE: [&str; 5] = [LAST, LEADING, grid::SHORT, DWELLINGS, " n nr "];
/// Those that may stand after it: they lead a street, or belong to the number (`3 bis`, `10 no. 45`).
const AFTER: [&str; 2] = [LEADING, " bis ter no "];
/// Those with which a street goes on after a name, or ends.
const AFTER_A_NAME: [&str; 3] = [UNITS, postcode::PARTICLES, STRONG];

const BESIDE: Sides =
    Sides::new(&BEFORE, &AFTER, &AFTER_A_NAME).after_names_with(&ENDINGS).after_openers(&SLAVIC_PREPOSITIONS);
/// The words beside the number of a house.
pub(super) static SIDES: Sides = BESIDE.over_marks();
/// The same of five digits, which may be the postcode of a street without a number.
pub(super) static POSTCODE_SIDES: Sides = BESIDE;

/// Whether a word, where it stands first, begins the name of a street: `rue`, `Via`.
pub(super) fn leads(word: Word<'_>) -> bool {
    word.is_in(List::Leading) && word.text.len() > 1
}

/// `R.`, `C.`: a street where a place follows, and the first name of somebody otherwise.
pub(super) fn is_initial(word: &[u8]) -> bool {
    word.strip_suffix(b".").unwrap_or(word).len() == 1
}

/// The street before the number that begins at `number`.
pub(super) fn before(probe: &Probe<'_>, number: usize) -> Option<Street> {
    let space = probe.run_back(number, &ByteSet::EMPTY.with(b" ,\t"), 2);
    let at = skip_number_sign(probe, space);
    if at == number || probe.before(at)? == b'\n' {
        return None;
    }
    let has_sign = at < space;
    let mut walk = Walk { probe, number, has_sign, at, words: 0, is_hungarian: false, street: None };
    while walk.words < MOST_WORDS && number - walk.at < STREET {
        match walk.word() {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(None) => break,
            ControlFlow::Break(street) => return street,
        }
    }
    walk.end()
}

/// No street has more.
const MOST_WORDS: usize = 6;

/// A walk over the words before a number, from the last to the first.
struct Walk<'w, 't> {
    probe: &'w Probe<'t>,
    number: usize,
    /// A sign for a number stands before it.
    has_sign: bool,
    /// What is before this is to be read.
    at: usize,
    /// How many words were read, and whether the last one stands last in Hungary.
    words: usize,
    is_hungarian: bool,
    street: Option<Street>,
}

impl Walk<'_, '_> {
    /// Reads the next word; breaks off where a street begins with it, or none does.
    fn word(&mut self) -> ControlFlow<Option<Street>> {
        let Some(start) = word_before(self.probe, self.at, self.number) else {
            return ControlFlow::Break(None);
        };
        let word = Word::of(self.probe.slice(start..self.at));
        if self.words > 0 && leads(word) && self.leads_here(word) {
            return ControlFlow::Break(Some(Street { start, is_named: !is_initial(word.text), last: None }));
        }
        self.is_hungarian |= self.words == 0 && word.is_whole_in(List::Hungarian);
        if !self.fits(word, start) {
            return ControlFlow::Break(None);
        }
        self.street = Some(self.with(word, start));
        self.words += 1;
        self.at = self.probe.run_back(start, &ByteSet::EMPTY.with(b" "), 1);
        if self.at == start { ControlFlow::Break(None) } else { ControlFlow::Continue(()) }
    }

    /// Whether a word that leads streets leads one here.
    fn leads_here(&self, word: Word<'_>) -> bool {
        let holds = !word.is_whole_in(List::Prepositions)
            || names_a_street(self.probe, word.text, self.at, self.number);
        holds && !is_acronym(word.text, self.probe.slice(self.at..self.number))
    }

    /// Whether it may be a word of a street's name.
    fn fits(&self, word: Word<'_>, start: usize) -> bool {
        let is_english = || matches!(word.text, b"the" | b"of" | b"and");
        is_capital(word.text)
            || (self.words == 1 && self.is_hungarian)
            || self.is_lower_type(word)
            || self.is_short(word)
            || match self.words {
                0 => follows_slavic_preposition(self.probe, start, self.number),
                _ => !is_english() && postcode::is_particle(word),
            }
    }

    /// Whether it stands last in the name of a street, which it may in lower case.
    fn is_lower_type(&self, word: Word<'_>) -> bool {
        self.words == 0 && word.is_in(List::Last)
    }

    /// `Gedimino pr. 9`: whatever it is short for.
    fn is_short(&self, word: Word<'_>) -> bool {
        let is_cut = word.text.len() <= 5 && word.text.ends_with(b".");
        self.words == 0 && is_cut && !word.is_in(List::Doubtful)
    }

    /// The street with one more word, which begins at `start`.
    fn with(&mut self, word: Word<'_>, start: usize) -> Street {
        let is_lower_type = self.is_lower_type(word);
        let is_turkish = || self.has_sign && word.is_in(List::Turkish) && self.is_short(word);
        let is_named = is_lower_type || is_turkish() || (self.words == 0 && ends_like_a_street(word.text));
        let begins = is_capital(word.text) || is_lower_type;
        match self.street.take() {
            Some(known) => Street {
                start: if begins { start } else { known.start },
                is_named: known.is_named || is_named,
                ..known
            },
            None => {
                Street { start: if begins { start } else { self.at }, is_named, last: Some((start, self.at)) }
            }
        }
    }

    /// A type that stands by itself is no name (`Platz 12`), unless streets are called so: `Obala 33, 6320 Piran`.
    fn end(self) -> Option<Street> {
        let (probe, number, street) = (self.probe, self.number, self.street?);
        let first = || Word::of(street_word(probe.slice(street.start..number)));
        let bare = (self.words == 1).then(first).filter(|word| is_a_type(*word));
        let ends_a_line = || probe.is(probe.run(number, &ByteSet::DIGIT, 5), &ByteSet::EMPTY.with(b",\n"));
        let stands = bare.is_none_or(|word| word.is_whole_in(List::Bare) && ends_a_line());
        stands.then_some(Street { is_named: street.is_named && bare.is_none(), ..street })
    }
}

/// The begin of a street without a number that ends its line at `end`: a word that leads one, and a name.
pub(super) fn before_line_end(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let mut at = end;
    for words in 0..MOST_WORDS {
        let start = word_before(probe, at, end)?;
        let word = Word::of(probe.slice(start..at));
        if words > 0 && leads(word) && !word.is_whole_in(List::Prepositions) {
            return Some(start);
        }
        at = probe.run_back(start, &ByteSet::EMPTY.with(b" "), 1);
        if at == start || !(is_capital(word.text) || postcode::is_particle(word)) {
            return None;
        }
    }
    None
}

/// Whether a preposition begins the name of a street that ends before `number`: `Am Markt`, `An der Alster`, and not `An RFC`,
/// `Am Montag`, `An Airbus`.
fn names_a_street(probe: &Probe<'_>, word: &[u8], at: usize, number: usize) -> bool {
    const ARTICLES: [&[u8]; 3] = [b"der", b"den", b"dem"];
    let rest = probe.slice(at..number).trim_ascii();
    let mut words = rest.split(|byte| *byte == b' ');
    let (first, last) = (words.next().unwrap_or_default(), words.next_back().unwrap_or_default());
    let last = if last.is_empty() { first } else { last };
    let is_acronym = last.len() > 1 && last.iter().all(u8::is_ascii_uppercase);
    let is_english = word == b"An" && !ARTICLES.contains(&first);
    is_capital(word) && !is_acronym && !is_english && !Word::of(last).is_whole_in(List::Doubtful)
}

/// `OS` in `OS Internals Volume 1` and in `OS X 7` is no `os.`: where all is in capitals, it may be.
fn is_acronym(word: &[u8], rest: &[u8]) -> bool {
    let is_short = || rest.iter().filter(|byte| byte.is_ascii_alphabetic()).count() < 3;
    word.len() > 1
        && word.iter().all(u8::is_ascii_uppercase)
        && (is_short() || rest.iter().any(u8::is_ascii_lowercase))
}

/// `Na skale 14`, `Pod zidom 45`: only the preposition has a capital.
fn follows_slavic_preposition(probe: &Probe<'_>, start: usize, number: usize) -> bool {
    let end = probe.run_back(start, &ByteSet::EMPTY.with(b" "), 1);
    let word = word_before(probe, end, number).map(|begin| probe.slice(begin..end));
    end < start && word.is_some_and(|word| SLAVIC_PREPOSITIONS.contains(&word))
}

/// The first word of what stands before a number.
fn street_word(text: &[u8]) -> &[u8] {
    text.split(|byte| matches!(byte, b' ' | b',')).next().unwrap_or_default()
}

fn is_a_type(word: Word<'_>) -> bool {
    word.is_in(List::Last) || word.is_whole_in(List::Types)
}

/// `Nr. 10`, `n. 5`, `nº 3`, `№ 7`, `No: 4`, `буд. 2`.
fn skip_number_sign(probe: &Probe<'_>, at: usize) -> usize {
    const SIGNS: [&str; 18] = [
        " No:", " Nr.", " nr.", " Nr", " nr", " n.", " N.", " nº", " Nº", " n.º", " No.", " no.", " №",
        " буд.", " д.", " дом", " N°", " #",
    ];
    if !probe.was(at, &ByteSet::EMPTY.with(b".r\xba\x96\xb0\xbc#:")) {
        return at;
    }
    let behind = probe.slice(at.saturating_sub(8)..at);
    SIGNS
        .into_iter()
        .find(|sign| behind.ends_with(sign.as_bytes()))
        .map_or(at, |sign| probe.run_back(at - sign.len(), &ByteSet::EMPTY.with(b","), 1))
}

/// The begin of the word that ends at `at`.
fn word_before(probe: &Probe<'_>, at: usize, number: usize) -> Option<usize> {
    const WORD: ByteSet = ByteSet::ALPHA.with(b".'-").or(ByteSet::EMPTY.range(0x80, 0xff));
    let room = STREET.saturating_sub(number - at);
    let start = probe.run_back(at, &WORD, room.min(32));
    let is_whole = start < at
        && !probe.was(start, &ByteSet::WORD.with(b"@/"))
        && probe.slice(start..at).first() != Some(&b'.');
    is_whole.then_some(start)
}

fn ends_like_a_street(word: &[u8]) -> bool {
    static ENDS: Openings = Openings::of_ends(&ENDINGS);
    let dots = word.iter().rev().take_while(|byte| **byte == b'.').count();
    let word = word.get(..word.len() - dots).unwrap_or_default();
    if word.is_ascii() && !ENDS.may_end(word) {
        return false;
    }
    let Ok(word) = std::str::from_utf8(word) else { return false };
    let word = word.to_lowercase();
    ENDINGS.iter().any(|ending| word.strip_suffix(ending).is_some_and(|stem| stem.len() >= 3))
}

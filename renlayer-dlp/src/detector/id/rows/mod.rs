//! The tables, a file for each region. To add a kind, add a row; its forms, its check and its examples are tested by
//! themselves.

mod africa;
mod africa_asia;
mod america;
mod balkan;
mod baltic;
mod belongings;
mod benelux_france;
mod british_isles;
mod central;
mod dach;
mod eurasia;
mod iberia_italy;
mod latin_america;
mod licence;
mod more_asia;
mod nordic;
mod pacific;
mod passport;
mod small_states;
mod usa;
mod vat;
mod vat_national;

use super::Kind;
use crate::check::weighted::sum;

/// The rows of all regions.
pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    [
        usa::ROWS,
        british_isles::ROWS,
        nordic::ROWS,
        dach::ROWS,
        benelux_france::ROWS,
        iberia_italy::ROWS,
        central::ROWS,
        balkan::ROWS,
        baltic::ROWS,
        america::ROWS,
        latin_america::ROWS,
        pacific::ROWS,
        africa::ROWS,
        africa_asia::ROWS,
        more_asia::ROWS,
        eurasia::ROWS,
        small_states::ROWS,
        vat::ROWS,
        vat_national::ROWS,
        licence::ROWS,
        passport::ROWS,
        belongings::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// The countries as classes name them, and words for them: with a general word (`id`, `tax`), they speak of the country's
/// numbers.
pub(super) const COUNTRIES: &[(&str, &[&str])] = &[
    ("us", &["us", "usa", "american"]),
    ("uk", &["uk", "british", "united kingdom"]),
    ("ie", &["irish", "ireland"]),
    ("se", &["swedish", "sweden", "svensk*"]),
    ("no", &["norwegian", "norway", "norsk*"]),
    ("dk", &["danish", "denmark", "dansk*"]),
    ("fi", &["finnish", "finland", "suomen", "suomalai*"]),
    ("is", &["icelandic", "iceland"]),
    ("de", &["german", "germany", "deutsch*"]),
    ("at", &["austrian", "austria", "österreich*"]),
    ("ch", &["swiss", "switzerland", "schweiz*"]),
    ("be", &["belgian", "belgium", "belgisch*", "belge"]),
    ("nl", &["dutch", "netherlands", "nederlands*"]),
    ("lu", &["luxembourg*", "luxemburg*"]),
    ("fr", &["french", "france", "français*"]),
    ("es", &["spanish", "spain", "español*"]),
    ("pt", &["portuguese", "portugal", "português*"]),
    ("it", &["italian", "italy", "italian*"]),
    ("mt", &["maltese", "malta"]),
    ("pl", &["polish", "poland", "polsk*"]),
    ("cz", &["czech", "slovak", "česk*", "slovensk*"]),
    ("hu", &["hungarian", "hungary", "magyar*"]),
    ("ro", &["romanian", "romania", "român*"]),
    ("bg", &["bulgarian", "bulgaria", "българск*"]),
    ("gr", &["greek", "greece"]),
    ("cy", &["cypriot", "cyprus"]),
    ("hr", &["croatian", "croatia", "hrvatsk*"]),
    ("si", &["slovenian", "slovenia", "slovensk*"]),
    ("ee", &["estonian", "estonia", "eesti"]),
    ("lv", &["latvian", "latvia", "latvijas"]),
    ("lt", &["lithuanian", "lithuania", "lietuvos"]),
    ("ua", &["ukrainian", "ukraine"]),
    ("tr", &["turkish", "turkey", "türk*"]),
    ("ca", &["canadian", "canada"]),
    ("br", &["brazilian", "brazil"]),
    ("mx", &["mexican", "mexico"]),
    ("au", &["australian", "australia"]),
    ("nz", &["new zealand"]),
    ("in", &["indian", "india"]),
    ("jp", &["japanese", "japan"]),
    ("kr", &["korean", "korea"]),
    ("sg", &["singapore*"]),
    ("cn", &["chinese", "china"]),
    ("th", &["thai", "thailand"]),
    ("ph", &["philippine*", "filipino"]),
    ("za", &["south african", "south africa", "rsa"]),
    ("il", &["israeli", "israel"]),
    ("ar", &["argentin*"]),
    ("cl", &["chile*"]),
    ("co", &["colombia*"]),
    ("pe", &["perú", "peru*"]),
    ("ec", &["ecuador*", "ecuatorian*"]),
    ("uy", &["uruguay*"]),
    ("ve", &["venezuela*", "venezolan*"]),
    ("do", &["dominican*"]),
    ("ru", &["russia*", "российск*"]),
    ("rs", &["serbia*", "srpsk*", "српск*"]),
    ("id", &["indonesia*"]),
    ("my", &["malaysia*"]),
    ("vn", &["vietnam*", "việt nam"]),
    ("tw", &["taiwan*"]),
    ("pk", &["pakistan*"]),
    ("hk", &["hong kong"]),
    ("lk", &["sri lanka*"]),
];

/// Whether the weighted sum of all characters, check digit included, is a multiple of `modulus`.
fn divides(text: &[u8], weights: &[u32], modulus: u32) -> bool {
    sum(text, weights).is_multiple_of(modulus)
}

/// Source of a check that weighs digits and takes the remainder by eleven, then once more with other weights where that
/// leaves ten: Estonia, Lithuania, Bulgaria.
fn twice_mod_11(text: &[u8], first: &[u32], second: &[u32]) -> u32 {
    match sum(text, first) % 11 {
        10 => sum(text, second) % 11 % 10,
        rest => rest,
    }
}

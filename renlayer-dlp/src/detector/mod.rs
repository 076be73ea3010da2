//! What a detector is, and the list of those that are built in.
//!
//! A detector names its *anchors*, the rare bytes at which it is worth looking, and a *verifier*, which looks at one such
//! place through a [`Probe`] and answers with a [`Match`] or with nothing. One pass over the bytes serves the anchors of
//! all detectors; a verifier runs at its own anchors only. To add a detector:
//!
//! 1. write one file here: what it finds, why it matters, a hit, a miss, known mistakes; then the code;
//! 2. list it in [`builtin`];
//! 3. give it a table of cases with `harness` (in text, inside JSON, and in a stream split anywhere).
//!
//! A provider's token is not a file but a row: see [`token`].
//!
//! Rules that keep streams and whole texts in agreement: read ahead only through the probe (it notices when the text is
//! not complete yet, and the place is looked at again later); look for context *behind* the match or inside it, and after it
//!   only where what directly follows promises some (a link, see `id`);
//! declare in [`Detector::reach`] how far before its anchor a match may begin.

use std::borrow::Cow;
use std::ops::Range;

pub(crate) use card_number::Numbers;
pub(crate) use jwk::is_key_type;

use crate::stand_in::Original;
use crate::{Evidence, Severity};

pub use crate::byteset::ByteSet;
pub use crate::engine::{Again, Anchor, Decimal, Decimals, Digits, Joint, Need, Probe, Sides};
pub use crate::words::Words;

mod account_host;
mod assignment;
mod aws_secret_key;
mod bank_account;
mod bic;
mod call_password;
mod card_expiry;
mod card_number;
mod card_track;
mod cell;
mod command_password;
mod crypto_seed;
mod crypto_wallet;
mod curl_user;
mod cvv;
mod date_of_birth;
mod directive;
mod discord_token;
mod dump;
mod email;
mod gcp_service_account;
mod generic;
mod geo_coordinates;
mod iban;
mod id;
mod ip_address;
mod is_vsk;
mod jwk;
mod jwt;
mod key_pair;
mod kubernetes_secret;
mod labelled;
mod license_plate;
mod mac_address;
mod mrz;
mod named;
mod network_device;
mod oracle_login;
mod other_id;
mod person_name;
mod pgpass;
mod phone;
mod postal_address;
mod private_key;
mod putty_key;
mod russian_passport;
mod secure_string;
mod source_code;
mod thing;
pub mod token;
mod topics;
mod url_credentials;
mod us_ssn;

#[cfg(test)]
pub(crate) mod harness;

/// Finds the data of one class, or of several that one look tells apart.
pub trait Detector: Send + Sync {
    /// Its name, class and severity.
    fn about(&self) -> About;

    /// What the documentation says of it beyond that.
    fn page(&self) -> Page {
        Page::default()
    }

    /// The kinds that one look tells apart: each is listed, and set, like a detector of its own. [`Match::kind`] is a place
    /// in this list.
    fn kinds(&self) -> Vec<(About, Page)> {
        vec![(self.about(), self.page())]
    }

    /// Leaves out the kinds that are turned off, so that they hide no other. `enabled` says it for each of
    /// [`Detector::kinds`].
    fn keep(&mut self, _enabled: &[bool]) {}

    /// Where it is worth looking.
    fn anchors(&self) -> Vec<Anchor>;

    /// What stands near an anchor that is a literal wherever there is something to be found. Words are everywhere: what this rules
    /// out costs next to nothing.
    fn need(&self) -> Need {
        Need::Nothing
    }

    /// How far before an anchor a match may begin. A stream holds such bytes back until the anchor can no longer come.
    fn reach(&self) -> Reach {
        Reach::NONE
    }

    /// Where a match begins, so that a stream knows what it need not hold.
    fn start(&self) -> Start {
        Start::Anchor
    }

    /// How far after an anchor the verifier may look. The probe ends there.
    fn ahead(&self) -> usize {
        256
    }

    /// Whether a match may count in digits that were read without the gaps between them: one with a checksum does, or a number that a
    /// word says to be one of a class without. A detector that has neither is not asked there.
    fn may_count_spread(&self) -> bool {
        true
    }

    /// The name under which it shares what it notes of a text ([`Probe::knows`]) with others that note the same.
    fn notes(&self) -> Option<&'static str> {
        None
    }

    /// Looks at one place. `probe.at()` is the first byte of the anchor.
    fn verify(&self, probe: &Probe<'_>) -> Option<Match>;

    /// Whether [`Detector::named`] has something to say.
    fn judges_named(&self) -> bool {
        false
    }

    /// Looks at a value whose name (a JSON key, a form field) held one of this detector's anchors. `probe.at()` is the
    /// first byte of the value, and the value is all there is to see ahead.
    fn named(&self, _name: &[u8], _probe: &Probe<'_>) -> Option<Match> {
        None
    }
}

/// Where the matches of a detector begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the anchor, or as far before it as [`Detector::reach`] says.
    Anchor,
    /// At the anchor; where that begins with a letter, digit or `_`, only where no word runs into it. At a literal that a word
    /// runs into the detector is not asked.
    Word,
    /// At the anchor or before it, and only where at least `min` bytes of `set` stand before the anchor; where the match
    /// begins with a letter, digit or `_`, only where no word runs into it.
    Led {
        /// What leads to the anchor.
        set: ByteSet,
        /// How much of it, at least.
        min: usize,
    },
    /// After the anchor: while it is not complete, nothing of a match is there.
    After,
}

/// What the documentation says of a detector, beyond [`About`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// What its confidence rests on, in a few words.
    pub basis: &'static str,
    /// What it is known to get wrong.
    pub mistakes: &'static str,
}

/// A detector's name, class and severity.
#[derive(Clone, Debug)]
pub struct About {
    /// Its own name, unique among detectors.
    pub name: Cow<'static, str>,
    /// The class of its findings.
    pub class: Cow<'static, str>,
    /// Their severity, unless a match or the settings say otherwise.
    pub severity: Severity,
    /// One sentence: what it finds.
    pub finds: Cow<'static, str>,
}

impl About {
    /// For a built-in detector.
    #[must_use]
    pub const fn new(
        name: &'static str,
        class: &'static str,
        severity: Severity,
        finds: &'static str,
    ) -> Self {
        Self { name: Cow::Borrowed(name), class: Cow::Borrowed(class), severity, finds: Cow::Borrowed(finds) }
    }
}

/// The bytes that may stand between the begin of a match and its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Which bytes.
    pub set: ByteSet,
    /// How many of them at most.
    pub max: usize,
}

impl Reach {
    /// A match begins at its anchor or after it.
    pub const NONE: Self = Self { set: ByteSet::EMPTY, max: 0 };
}

/// A place that a verifier is sure enough of.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The bytes of the value, and nothing around it.
    pub range: Range<usize>,
    /// 0 to 1. Settings turn low confidence into weaker actions.
    pub confidence: f32,
    /// What the confidence rests on.
    pub evidence: Evidence,
    /// At most this severity, whatever the class has.
    pub at_most: Option<Severity>,
    /// Which of the detector's kinds it is.
    pub kind: u16,
    /// What stands for it, where it is a stand-in.
    pub(crate) restores: Option<Original>,
}

impl Match {
    /// A match on shape alone.
    #[must_use]
    pub fn new(range: Range<usize>, confidence: f32) -> Self {
        Self { range, confidence, evidence: Evidence::NONE, at_most: None, kind: 0, restores: None }
    }

    /// With something that the confidence rests on.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence = self.evidence.and(evidence);
        self
    }

    /// A value reserved for documentation and tests, or otherwise harmless: severity [`Severity::Low`].
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.at_most = Some(Severity::Low);
        self
    }
}

/// The anchors of one detector at which it has to be asked: where a longer one stands, so does the shorter one that it begins
/// with.
fn shortest(anchors: impl IntoIterator<Item = Anchor>) -> Vec<Anchor> {
    let anchors: Vec<Anchor> = anchors.into_iter().collect();
    let begins_longer = |short: &Anchor, long: &Anchor| match (short, long) {
        (Anchor::Literal(short), Anchor::Literal(long)) | (Anchor::Word(short), Anchor::Word(long)) => {
            short.len() < long.len() && long.starts_with(short)
        }
        _ => false,
    };
    let needed = |long: &&Anchor| !anchors.iter().any(|short| begins_longer(short, long));
    anchors.iter().filter(needed).cloned().collect()
}

/// The built-in detectors, in the order in which they are listed to users.
#[must_use]
pub fn builtin() -> Vec<Box<dyn Detector>> {
    let mut all: Vec<Box<dyn Detector>> = vec![
        Box::new(email::Email),
        Box::new(email::Spelled),
        Box::new(phone::Phone),
        Box::new(postal_address::PostalAddress),
        Box::new(postal_address::Japan),
        Box::new(postal_address::Korea),
        Box::new(postal_address::Elsewhere),
        Box::new(postal_address::Road),
        Box::new(postal_address::Military),
        Box::new(postal_address::Vietnam),
        Box::new(postal_address::China),
        Box::new(ip_address::V4),
        Box::new(ip_address::V6),
        Box::new(person_name::PersonName),
        Box::new(geo_coordinates::Pair),
        Box::new(geo_coordinates::Degrees),
        Box::new(&geo_coordinates::LABELLED),
        Box::new(&license_plate::LICENSE_PLATE),
        Box::new(&other_id::OTHER_ID),
        Box::new(&russian_passport::RUSSIAN_PASSPORT),
        Box::new(source_code::marker::Marker),
        Box::new(mac_address::MacAddress),
        Box::new(&mac_address::LABELLED),
        Box::new(&date_of_birth::DATE_OF_BIRTH),
        Box::new(&date_of_birth::BORN_IN),
        Box::new(date_of_birth::BornBefore),
        Box::new(card_number::CardNumber),
        Box::new(card_track::CardTrack),
        Box::new(card_expiry::CardExpiry),
        Box::new(&cvv::CVV),
        Box::new(iban::Iban),
        Box::new(&bic::BIC),
        Box::new(&is_vsk::IS_VSK),
        Box::new(&bank_account::ACCOUNT),
        Box::new(&bank_account::SORT_CODE),
        Box::new(&bank_account::CHECKED),
        Box::new(crypto_wallet::Base58),
        Box::new(crypto_wallet::Bech32),
        Box::new(crypto_wallet::Ethereum),
        Box::new(&crypto_wallet::OTHER),
        Box::new(&crypto_seed::CRYPTO_SEED),
        Box::new(us_ssn::UsSsn),
        Box::new(mrz::Mrz),
        Box::new(id::IdNumbers::new()),
        Box::new(private_key::PrivateKey),
        Box::new(putty_key::PuttyKey),
        Box::new(gcp_service_account::GcpServiceAccount),
        Box::new(jwt::Jwt),
        Box::new(jwk::Jwk),
        Box::new(url_credentials::DatabaseUrl),
        Box::new(url_credentials::BasicAuthUrl),
        Box::new(curl_user::CurlUser),
        Box::new(command_password::CommandPassword),
        Box::new(oracle_login::OracleLogin),
        Box::new(secure_string::SecureString),
        Box::new(directive::Directive),
        Box::new(discord_token::DiscordToken),
        Box::new(pgpass::Pgpass),
        Box::new(call_password::CallPassword),
        Box::new(account_host::AccountHost),
        Box::new(network_device::NetworkDevice),
        Box::new(kubernetes_secret::KubernetesSecret),
        Box::new(aws_secret_key::AwsSecretKey),
        Box::new(&key_pair::ALIBABA),
        Box::new(&key_pair::TENCENT),
    ];
    all.extend(source_code::LANGUAGES.iter().map(|language| Box::new(language) as Box<dyn Detector>));
    all.extend(token::all());
    all.extend(named::all());
    all.push(Box::new(generic::Generic));
    all.push(Box::new(generic::Beside));
    all.push(Box::new(generic::Column));
    all
}

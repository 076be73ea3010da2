//! National bank account numbers: what stands after `account number` in the languages of Europe and the Americas, British and
//! Irish sort codes, Australian BSBs, Mexican CLABEs, Spanish CCCs and Polish NRBs.
//!
//! An account number and a name let money be asked for. Most have no checksum that holds for all banks, so the label decides.
//!
//! - hit: `Account number: 12345678`, `sort code 20-00-00`, `Kontonummer 532 013 000`, `CLABE 032180000118359719`
//! - low: a CCC or New Zealand's account with a wrong check digit after the label of an account
//! - miss: `account 12345678`, `account number 12`, a date, a CLABE, CCC or NRB with a wrong check digit
//! - known mistakes: a customer's account number anywhere else than at a bank is a hit.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::check::{mod97, nz_account};
use crate::{Evidence, Severity};

pub(super) static ACCOUNT: Labelled =
    Labelled::new("bank_account", "payment.bank_account", Severity::High, "a bank account number", account)
        .after(&[
            "account number",
            "account_number",
            "accountnumber",
            "account num",
            "account no",
            "account nr",
            "account #",
            "acct number",
            "acct no",
            "acct #",
            "acct.",
            "acct",
            "a/c no",
            "a/c number",
            "bank account",
            "bank_account",
            "bankaccount",
            "checking account",
            "savings account",
            "kontonummer*",
            "kontonr",
            "konto-nr",
            "kto.",
            "kto-nr",
            "bankkonto*",
            "rekeningnummer*",
            "numéro de compte",
            "compte bancaire",
            "numero de compte",
            "rib",
            "número de cuenta",
            "numero de cuenta",
            "cuenta bancaria",
            "cuenta corriente",
            "conto corrente",
            "numero di conto",
            "número da conta",
            "conta bancária",
            "conta corrente",
            "numer konta",
            "numer rachunku",
            "nr rachunku",
            "rachunek bankowy",
            "číslo účtu",
            "tilinumero",
            "bankkontonummer",
            "bankgiro*",
            "bankszámlaszám",
        ])
        .within(28)
        .longest(34)
        .page("the label before it", "an account number of something else than a bank is a hit");

pub(super) static SORT_CODE: Labelled = Labelled::new(
    "bank_sort_code",
    "payment.bank_account",
    Severity::Medium,
    "a sort code (UK, IE) or BSB (AU)",
    sort_code,
)
.after(&["sort code", "sort_code", "sortcode", "sort-code", "bsb"])
.within(20)
.longest(10)
.page("the label before it, three pairs or two triples", "");

pub(super) static CHECKED: Labelled = Labelled::new(
    "bank_account_checked",
    "payment.bank_account",
    Severity::High,
    "a bank account number with check digits (MX CLABE, ES CCC, PL NRB)",
    checked,
)
.after(&[
    "clabe*",
    "ccc",
    "cuenta*",
    "código cuenta",
    "transferencia",
    "nrb",
    "konta",
    "konto",
    "rachunku",
    "rachunek",
    "przelew*",
])
.within(40)
.longest(34)
.page("a word before it, check digits", "");

const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -");
const WRITTEN: ByteSet = ByteSet::DIGIT.or(SEPARATOR);
/// The fewest digits of an account.
const LEAST: usize = 6;

fn account(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let end = with_bank(probe, at, digits_end(probe, at, 30)?);
    let count = count(probe, at, end);
    let is_date = end - at == 10 && count == 8 && probe.is(at + 4, &SEPARATOR);
    let holds = (LEAST..=24).contains(&count) && !is_date && !goes_on(probe, end);
    let found = Match::new(at..end, 0.75).with(Evidence::CONTEXT);
    holds.then_some(if is_wrong(probe.slice(at..end)) { found.harmless() } else { found })
}

/// Whether an account is grouped as one country alone groups them, and does not satisfy the checksum of that country.
fn is_wrong(written: &[u8]) -> bool {
    let groups = written.split(|byte| SEPARATOR.has(*byte)).map(<[u8]>::len);
    let groups: smallvec::SmallVec<[usize; 8]> = groups.collect();
    match *groups {
        [4, 4, 2, 10] => !is_ccc(&crate::check::digits(written).collect::<smallvec::SmallVec<[u8; 32]>>()),
        [2, 4, 7, 2 | 3] => !nz_account::holds(written),
        _ => false,
    }
}

fn sort_code(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let end = digits_end(probe, at, 8)?;
    let groups = probe.slice(at..end).split(|byte| SEPARATOR.has(*byte)).map(<[u8]>::len);
    let lengths: smallvec::SmallVec<[usize; 4]> = groups.collect();
    let holds = matches!(&*lengths, [2, 2, 2] | [3, 3] | [6]) && !goes_on(probe, end);
    holds.then(|| Match::new(at..end, 0.8).with(Evidence::CONTEXT))
}

fn checked(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let end = digits_end(probe, at, 32)?;
    let written = probe.slice(at..end);
    let digits: smallvec::SmallVec<[u8; 32]> = crate::check::digits(written).collect();
    let holds = (is_clabe(&digits) || is_ccc(&digits) || is_nrb(written)) && !goes_on(probe, end);
    holds.then(|| Match::new(at..end, 0.9).with(Evidence::CHECKSUM).with(Evidence::CONTEXT))
}

/// The end of digits with single separators between them.
fn digits_end(probe: &Probe<'_>, at: usize, max: usize) -> Option<usize> {
    let mut end = probe.run(at, &ByteSet::DIGIT, max);
    while end > at && probe.is(end, &SEPARATOR) && probe.is(end + 1, &ByteSet::DIGIT) && end - at < max {
        end = probe.run(end + 1, &ByteSet::DIGIT, max);
    }
    (end > at && probe.slice(at..end).iter().all(|byte| WRITTEN.has(*byte))).then_some(end)
}

/// The end of the account before `end` with the code of the bank after it, as it is written in Czechia and Slovakia:
/// `19-2000145399/0800`. Fewer digits before a slash are a date's (`03/2024`).
fn with_bank(probe: &Probe<'_>, at: usize, end: usize) -> usize {
    let is_account = probe.run_back(end, &ByteSet::DIGIT, LEAST) == end - LEAST && end - LEAST >= at;
    let code = probe.run(end + 1, &ByteSet::DIGIT, 5);
    if is_account && probe.get(end) == Some(b'/') && code == end + 5 { code } else { end }
}

fn count(probe: &Probe<'_>, at: usize, end: usize) -> usize {
    probe.slice(at..end).iter().filter(|byte| byte.is_ascii_digit()).count()
}

fn goes_on(probe: &Probe<'_>, end: usize) -> bool {
    match probe.get(end) {
        Some(b'.' | b',' | b'/' | b'-' | b':') => probe.is(end + 1, &ByteSet::ALNUM),
        Some(byte) => ByteSet::WORD.has(byte),
        None => false,
    }
}

/// Mexico: 18 digits, weights 3, 7, 1, each product modulo 10.
fn is_clabe(digits: &[u8]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let sum: u32 = rest.iter().zip([3, 7, 1].into_iter().cycle()).map(|(d, w)| u32::from(*d) * w % 10).sum();
    digits.len() == 18 && (10 - sum % 10) % 10 == u32::from(*check)
}

/// Spain: bank and branch, and the account, each with a check digit of weights 1, 2, 4, 8, 5, 10, 9, 7, 3, 6 modulo 11.
fn is_ccc(digits: &[u8]) -> bool {
    let (Some(bank), Some(&[first, second]), Some(account)) =
        (digits.get(..8), digits.get(8..10), digits.get(10..20))
    else {
        return false;
    };
    let check = |digits: &[u8], skip: usize| {
        let weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6].into_iter().skip(skip);
        let sum: u32 = digits.iter().zip(weights).map(|(d, w)| u32::from(*d) * w).sum();
        match 11 - sum % 11 {
            11 => 0,
            10 => 1,
            rest => rest,
        }
    };
    digits.len() == 20 && check(bank, 2) == u32::from(first) && check(account, 0) == u32::from(second)
}

/// Poland: what follows the country in an IBAN.
fn is_nrb(written: &[u8]) -> bool {
    crate::check::digits(written).count() == 26 && mod97::holds(&[b"PL", written].concat())
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn bank_account_cases() {
        Cases::of("payment.bank_account")
            .hit("Account number: 12345678, thanks", "12345678")
            .hit("acct #000123456789", "000123456789")
            .hit("Kontonummer 532 013 000", "532 013 000")
            .hit("{\"account_number\": \"000123456789\"}", "000123456789")
            .hit("sort code 20-00-00.", "20-00-00")
            .hit("BSB: 062-000", "062-000")
            .hit("CLABE 032180000118359719", "032180000118359719")
            .hit("cuenta 2100 0418 45 0200051332", "2100 0418 45 0200051332")
            // A check digit of New Zealand's that is wrong tells nothing where the groups are not New Zealand's.
            .hit("bank account number: 011152462696833", "011152462696833")
            .miss("account 12345678")
            .miss(r#"{"id":"rIbNfQMO4HGexC97o6","value":6715913113"#)
            .hit("Nr konta: 61 1090 1014 0000 0712 1981 2874", "61 1090 1014 0000 0712 1981 2874")
            .hit("przelew na 61109010140000071219812874.", "61109010140000071219812874")
            .hit("číslo účtu 19-2000145399/0800", "19-2000145399/0800")
            .hit("číslo účtu: 2000145399/0800.", "2000145399/0800")
            .miss("Account number verified on 03/2024")
            .miss("Account Number\nPeriod 01/2024 - 12/2024")
            .miss("account no. 2024/2025, Kontonummer gültig ab 01/2025")
            .miss("account number as of 12/03/2024")
            .hit("01-0242-0100194-003 is my bank account", "01-0242-0100194-003")
            .miss("12345678 is my bank account")
            .miss("Nr konta: 61 1090 1014 0000 0712 1981 2875")
            .miss("account number 12 of 30")
            .miss("CLABE 032180000118359718")
            .miss("cuenta 2100 0418 46 0200051332")
            .miss("account number opened 2024-01-15")
            .low("cuenta bancaria 2100 0418 46 0200051332", "2100 0418 46 0200051332")
            .run();
    }
}

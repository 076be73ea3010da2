//! Every row by itself: its published numbers are found, made-up ones too, in every way of writing, and those with a wrong
//! check digit are not.

use super::form::{Alone, Form};
use super::{Check, IdNumbers, Kind, context, rows};
use crate::detector::harness::{Cases, Random, input, scan, shared};
use crate::detector::{ByteSet, Detector, Probe};
use crate::engine::{Room, Table, Text};
use crate::{Finding, Format, Severity};

/// A text that speaks of the kind.
fn after_a_word(kind: &Kind, value: &str) -> String {
    // The first word of a row speaks of no other kind.
    let word = kind.words[0];
    format!("{}: {value}", word.trim_end_matches('*'))
}

/// Characters in the form, without a check.
fn fill(form: &Form, random: &mut Random) -> String {
    let parted = random.below(2) == 1;
    let one = |c: char, random: &mut Random| match c {
        '9' => random.text(ByteSet::DIGIT, 1),
        'A' => random.text(ByteSet::UPPER, 1),
        'X' => random.text(ByteSet::DIGIT.or(ByteSet::UPPER), 1),
        '~' if parted => " ".to_owned(),
        '~' => String::new(),
        other => other.to_ascii_uppercase().to_string(),
    };
    form.text().chars().map(|c| one(c, random)).collect()
}

fn compact(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

/// A number that the kind's check takes.
pub(super) fn made_up(kind: &Kind, form: &Form, random: &mut Random) -> Option<String> {
    (0..4_000_000).map(|_| fill(form, random)).find(|value| kind.holds(&compact(value)))
}

/// Numbers of its own for each kind, whatever rows stand before it.
fn random_for(kind: &Kind) -> Random {
    Random::new(kind.name.bytes().fold(1, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte)))
}

/// What is found of a class: where, and how bad.
fn found(class: &str, text: &str) -> Vec<(String, Severity)> {
    let of = |f: &Finding| (text.get(f.start..f.end).unwrap_or_default().to_owned(), f.severity);
    scan(text).findings.iter().filter(|f| &*f.class == class).map(of).collect()
}

#[test]
fn published_numbers_hold() {
    let published = rows::all().flat_map(|kind| kind.examples.iter().map(move |example| (kind, example)));
    let wrong: Vec<_> = published.filter(|(kind, example)| !kind.holds(&compact(example))).collect();
    let wrong: Vec<_> = wrong.iter().map(|(kind, example)| (kind.name, example)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn published_numbers_are_found_after_a_word() {
    for kind in rows::all() {
        let cases = kind.examples.iter().fold(Cases::of(kind.class), |cases, example| {
            let text = after_a_word(kind, example);
            if kind.severity > Severity::Low { cases.hit(&text, example) } else { cases.low(&text, example) }
        });
        cases.run();
    }
}

/// No anchor leaves out what the detector finds: what it says of the letters and digits around a run holds of every number.
#[test]
fn the_pass_asks_wherever_a_number_is_found() {
    let ids = IdNumbers::new();
    let table = Table::new(ids.anchors().into_iter().map(|anchor| (0, anchor)));
    let published = rows::all().flat_map(|kind| kind.examples.iter().map(move |example| (kind, example)));
    let mut count = 0;
    for (kind, example) in published {
        for (before, after) in
            [("", ""), ("1 ", ""), ("12 34 ", " is"), ("A ", "."), ("(", " 5)"), ("AB 1 ", "-x")]
        {
            let text = after_a_word(kind, &format!("{before}{example}{after}"));
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let mut asked = Vec::new();
            table.pass(whole, (0, text.len()), true, &mut Room::default(), |event| asked.push(event.at));
            let is_digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
            for at in (0..text.len()).filter(|at| is_digit(*at) && (*at == 0 || !is_digit(*at - 1))) {
                let found = ids.verify(&Probe::new(whole, at, ids.ahead()));
                assert!(found.is_none() || asked.contains(&at), "{} in {text} at {at}", kind.name);
                count += usize::from(found.is_some());
            }
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn made_up_numbers_are_found_in_every_way_of_writing() {
    let mut missed = Vec::new();
    for kind in rows::all() {
        let mut random = random_for(kind);
        for form in kind.forms.iter().map(|form| Form::new(form, 0)) {
            let mut next = || {
                let value = made_up(kind, &form, &mut random).expect(kind.name);
                (after_a_word(kind, &value), value)
            };
            // A card number by chance is a card number first.
            let is_card = |text: &str| scan(text).findings.iter().any(|f| &*f.class == "payment.card_number");
            let (text, value) = (0..50).map(|_| next()).find(|(text, _)| !is_card(text)).expect(kind.name);
            let is_whole = |(text, severity): &(String, Severity)| {
                *text == value && *severity >= kind.severity.min(Severity::Medium)
            };
            if !found(kind.class, &text).iter().any(is_whole) {
                missed.push(format!("{}: {text}", kind.name));
            }
            if form.alone == Alone::Enough && scan(&value).findings.is_empty() {
                missed.push(format!("{} alone: {value}", kind.name));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_wrong_check_digit_is_recorded_and_no_more() {
    let mut kinds = 0;
    let is_clear = |kind: &&Kind| context::is_clear(kind.words[0].trim_end_matches('*'));
    for kind in rows::all().filter(|kind| matches!(kind.check, Check::Digit(_))).filter(is_clear) {
        let (mut random, mut tried, mut recorded) = (random_for(kind), 0, 0);
        for _ in 0..20 {
            let form = Form::new(kind.forms[random.below(kind.forms.len())], 0);
            let Some(value) = made_up(kind, &form, &mut random) else { continue };
            let Some(twin) = twin(kind, &value, &mut random) else { continue };
            let text = after_a_word(kind, &twin);
            tried += 1;
            // Where the word is that of several countries, it may be recorded as what no kind is said of.
            recorded += usize::from(!scan(&text).findings.is_empty());
            let found = found(kind.class, &text);
            let is_low = found.iter().all(|(_, severity)| *severity == Severity::Low);
            assert!(is_low, "{}: {text}: {found:?}", kind.name);
        }
        assert!(recorded > 0 || tried == 0, "{}", kind.name);
        kinds += usize::from(recorded > 0);
    }
    assert!(kinds > 100, "{kinds}");
}

/// The same number with another last digit, where that does not hold.
pub(super) fn twin(kind: &Kind, value: &str, random: &mut Random) -> Option<String> {
    let last = value.rfind(|c: char| c.is_ascii_digit())?;
    let from = random.below(10);
    (0..10).map(|i| (from + i) % 10).find_map(|digit| {
        let mut twin = value.to_owned();
        twin.replace_range(last..=last, &digit.to_string());
        (!kind.holds(&compact(&twin))).then_some(twin)
    })
}

#[test]
fn rows_are_well_formed() {
    for kind in rows::all() {
        assert!(!kind.words.is_empty() && !kind.forms.is_empty(), "{}", kind.name);
        assert!(
            kind.words.iter().all(|word| word.len() >= 2 && !word.contains(['-', '.', '_', '\''])),
            "{}",
            kind.name
        );
        // A country and the last part of the class; then, of a second row, what is its own.
        let (_, own) = kind.class.rsplit_once('.').unwrap();
        let rest = kind.name.strip_prefix(own).or_else(|| kind.name.split_once('_')?.1.strip_prefix(own));
        assert!(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_')), "{}", kind.name);
    }
}

#[test]
fn numbers_without_a_word_before_them_are_none() {
    for class in ["gov_id.nl.bsn", "gov_id.de.idnr", "health.us.npi", "gov_id.hr.oib", "gov_id.us.passport"] {
        Cases::of(class)
            .miss("order 111222333 and 36574261809, epoch 1234567893, 33392005961")
            .miss("the bsn of the list has no number: a1112223334, 1112223334-1, 1.111222333")
            .run();
    }
    Cases::of("payment.us.routing_number")
        .hit("121000358 is the routing number", "121000358")
        .hit("Routing # 121000358", "121000358")
        .hit("Routing#: 121000358", "121000358")
        .hit("Routing # number: 121000358", "121000358")
        .miss("order 121000358 for routing 12, packet 121000358 for routing, C# 121000358")
        .run();
}

#[test]
fn a_sign_for_a_number_needs_a_name_of_its_own() {
    Cases::of("gov_id.us.driver_license")
        .hit("license number 12345678", "12345678")
        .hit("DL# 12345678", "12345678")
        .hit("driver's license # 12345678", "12345678")
        .miss("license # 12345678, licence #12345678, a#12345678")
        .run();
}

#[test]
fn a_birth_number_has_one_of_four_months() {
    Cases::of("gov_id.cz.rodne_cislo")
        .hit("rodné číslo 805312/1230", "805312/1230")
        .hit("rodné číslo 802112/1230", "802112/1230")
        .hit("rodné číslo 807112/1234", "807112/1234")
        .low("rodné číslo 804112/1231", "804112/1231")
        .low("rodné číslo 809112/1236", "809112/1236")
        .run();
}

#[test]
fn time_zones_and_words_for_an_end_are_no_labels() {
    Cases::of("gov_id.il.id").miss("tz=946684800").run();
    Cases::of("gov_id.vn.mst").miss("MST 0100233488").run();
    Cases::of("pii.vin")
        .hit("VIN: WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001")
        .miss("à la fin 61234567890120001")
        .low("VIN 61234567890120001", "61234567890120001")
        .run();
}

#[test]
fn a_comma_parts_the_cells_of_a_row() {
    Cases::of("gov_id.se.personnummer").hit("personnummer 811228-9874,3", "811228-9874").run();
    Cases::of("gov_id.ch.ahv").hit("Ana,756.9217.0769.85,3", "756.9217.0769.85").run();
    Cases::of("gov_id.de.idnr").miss("Steuer-ID 36574261809,50").run();
}

/// What one point parts is mostly a price, a score or a place in a drawing; a number of a person has eight digits and more.
#[test]
fn one_point_may_part_a_number_of_eight_digits() {
    for (class, text, number) in [
        ("gov_id.ch.ahv", "AHV 756.9217076985", "756.9217076985"),
        ("gov_id.se.personnummer", "personnummer 811228.9874", "811228.9874"),
        ("gov_id.br.cpf", "CPF: 529982247.25", "529982247.25"),
        ("health.uk.nhs", "NHS 943476.5919", "943476.5919"),
    ] {
        Cases::of(class).hit(text, number).run();
    }
    Cases::of("gov_id").miss("BSN 12345.67, VAT 12.345 and 0.123456782").run();
}

#[test]
fn old_and_short_ways_of_writing_are_read() {
    Cases::of("gov_id.nl.bsn").hit("BSN 12345672", "12345672").low("BSN 12345673", "12345673").run();
    Cases::of("gov_id.de.personalausweis").hit("Personalausweisnummer T220001293D", "T220001293D").run();
    Cases::of("gov_id.cz.rodne_cislo").hit("rodné číslo 530101123", "530101123").run();
}

#[test]
fn what_hotels_and_lenses_are_called_by_is_no_word() {
    Cases::of("gov_id.ru.inn").miss("Holiday Inn 7707083893, Days Inn,5060800201,NY").run();
    Cases::of("gov_id.tn.mf").miss("lens MF 1234567A").run();
    Cases::of("pii.phone")
        .hit("Days Inn, 303-416-2675", "303-416-2675")
        .hit("mf 212-736-5000", "212-736-5000")
        .run();
}

#[test]
fn the_nearest_word_counts() {
    Cases::of("gov_id.se.personnummer")
        .hit("Org.nr 556703-7485, personnummer 811228-9874", "811228-9874")
        .hit(r#"{"personnummer":"19811228-9874"}"#, "19811228-9874")
        .low("198112289874", "198112289874")
        .low("personnummer 811228-9875", "811228-9875")
        .run();
    Cases::of("gov_id.cn.ric").hit("身份证号码是11010519491231002X。", "11010519491231002X").run();
    Cases::of("gov_id.jp.my_number").hit("私のマイナンバーは621498320257です", "621498320257").run();
    Cases::of("gov_id.nl.bsn")
        .hit("111222333 is my BSN, which nobody else has", "111222333")
        .low("111222334 is nobody's BSN", "111222334")
        .hit("Nummer 111222333 (BSN) staat erop", "111222333")
        .miss("111222333 is what it says. The BSN follows")
        .run();
    Cases::of("gov_id.se.orgnr").hit("556703-7485 är vårt orgnummer.", "556703-7485").run();
    Cases::of("gov_id.de.idnr").hit("Seine deutsche\\nid 36574261809", "36574261809").run();
}

#[test]
fn a_number_is_no_other_kind_by_chance_where_a_word_says_of_what_kind_it_is() {
    // It holds the check digit of a tax file number.
    Cases::of("gov_id.au.tfn").hit("Australian tax ID 000724350", "000724350").run();
    Cases::of("gov_id.au.acn").low("Australian company number 000724350", "000724350").run();
    // It holds the check digit of a Greek tax number, whose word is that of many countries.
    Cases::of("gov_id.gr.afm").miss("Tax ID (EIN): 189948448").miss("EIN tax ID 189948448").run();
    // A word that several countries have says less than one of a single country.
    Cases::of("gov_id.us.passport").miss("Passport no. (Reisepass-Nr.) A12803456").run();
    Cases::of("gov_id.in.voter").hit("voter ID card WKH1186253", "WKH1186253").run();
}

#[test]
fn a_wrong_check_digit_hides_no_number_whose_check_holds() {
    for (class, text, value) in [
        (
            "gov_id.kr.rrn",
            "resident registration number (alien registration number): 800101-1000008",
            "800101-1000008",
        ),
        ("gov_id.cn.ric", "Chinese ID card number (社会信用代码): 360426199101010071", "360426199101010071"),
        ("gov_id.ee.isikukood", "Estonian ID code (C.P.F.): 36805280109", "36805280109"),
    ] {
        Cases::of(class).hit(text, value).run();
    }
}

#[test]
fn words_that_are_short_for_much_else_need_a_check_that_holds() {
    Cases::of("gov_id.be.enterprise").miss("'1f0c2a34-77aa-4f01-bce4-0242ac130002', 640743771").run();
    Cases::of("payment.us.routing_number").miss("'1f0c2a34-77aa-4f01-aba4-0242ac130002', 640743771").run();
    Cases::of("gov_id.pl.nip")
        .hit("nip 5260001246", "5260001246")
        .miss(r#"{"nip": "5260001247"}"#)
        .miss(r#"{"tax_id_verified_at": 1705312800}"#)
        .run();
    Cases::of("gov_id.ro.cui").miss(r#"{"cui": 18547291}"#).run();
    Cases::of("gov_id.us.driver_license")
        .miss("DL 43476395 UL 12, https://dl.example.com/files/91435400/a.zip")
        .miss("https://dl.acm.org/citation.cfm?id=3192369")
        .run();
}

#[test]
fn no_word_stands_inside_a_piece_of_code() {
    Cases::of("gov_id.it.partita_iva")
        .hit("iva1: 31617281600", "31617281600")
        .miss("3f9cf1ab 31617281600")
        .miss("9b0iva 31617281600, ab12c0 31617281600")
        .miss(r#""sid":"ZoJPkfhS76dCfIimbZr","n":45810254495"#)
        .run();
    Cases::of("gov_id.pt.nif")
        .miss(r#""sid":"kNifQpLpZnE","n":123456789"#)
        .hit(r#""clienteNif":"123456789""#, "123456789")
        .run();
    Cases::of("gov_id.br.cpf")
        .hit("client2Cpf: 52998224725", "52998224725")
        .hit("contact12CPF: 52998224725", "52998224725")
        .run();
    Cases::of("gov_id.nl.bsn").hit(r#"{"user1Bsn": "111222333"}"#, "111222333").run();
}

#[test]
fn a_constant_that_is_a_bound_is_recorded() {
    Cases::of("health.ca.health_card")
        .hit("PATIENT_PHN = 9876543210", "9876543210")
        .hit("PHN_NUMBER: 9876543210", "9876543210")
        .low("PHN_MAX_BLUE 9876543210", "9876543210")
        .low("12345678 PHN_MAX_BLUE = 9876543210;", "9876543210")
        .hit("PHN_CA=9876543210", "9876543210")
        .hit("PATIENT_PHN_TEXT: 9876543210", "9876543210")
        .run();
    let worst = |text: &str| scan(text).findings.iter().map(|finding| finding.severity).max();
    for text in [
        "USE_PASSPORT_JS=1\nmy passport is 536228145",
        "PASSPORT_STRATEGY=jwt # passport 536228145",
        "see NIN_TABLE for the NIN 12345678901",
        "LOG_DNI_CHECK: dni 12345678",
        "DNI_NUMERO=12345678",
        "DNI_NRO=12345678",
        "DNI_CLIENTE=12345678",
        "PASSPORT_NUMMER=536228145",
        "PASSEPORT_NUMERO=12AB34567",
        "PASAPORTE_NUMERO=AAB123456",
        "PASSPORT_VALUE=536228145",
        "PASSPORT_NO_PRIMARY=536228145",
        "PASSPORT_US=536228145",
        "DRIVER_LICENSE_CA=D1234567",
    ] {
        assert_eq!(worst(text), Some(Severity::High), "{text}");
    }
    assert_eq!(worst("PASSPORT_TIMEOUT=536228145"), Some(Severity::Low));
    // A check digit says as much as the end of a name.
    Cases::of("gov_id.pt.nif").hit("NIF_CLIENTE=501964843", "501964843").run();
}

#[test]
fn an_ecuadorian_number_with_a_wrong_check_digit_is_no_costa_rican_one() {
    Cases::of("gov_id.ec.cedula").hit("cédula: 1714307103", "1714307103").run();
    Cases::of("gov_id.cr.cedula")
        .miss("cédula: 0306691659")
        .hit("cédula 3-0455-0175", "3-0455-0175")
        .hit("cédula costarricense 304550175", "304550175")
        .run();
}

#[test]
fn the_number_of_a_thing_is_recorded_where_only_its_form_is_a_persons() {
    Cases::of("gov_id.us.itin")
        .hit("937-74-6810", "937-74-6810")
        .hit("ITIN of the order: 937-74-6810", "937-74-6810")
        .low("part no. 937-74-6810", "937-74-6810")
        .run();
}

#[test]
fn a_tax_number_of_sweden_or_russia_is_no_finnish_one() {
    Cases::of("gov_id.fi.veronumero")
        .hit("veronumero 123456789123", "123456789123")
        .miss("skattenummer 196408233234, individual tax number 500100732259")
        .run();
    let worst = |text: &str| scan(text).findings.iter().map(|finding| finding.severity).max();
    assert_eq!(worst("Skattenummer 811218-9876"), Some(Severity::High));
}

#[test]
fn a_night_is_no_tax_number() {
    Cases::of("gov_id.mz.nuit")
        .harmless("prix par nuit 400 339 910, tarif nuit 612345678, une nuit, 250 300 400")
        .run();
    let found = |text: &str| scan(text).findings.iter().any(|finding| &*finding.class == "gov_id.mz.nuit");
    assert!(found("o NUIT da empresa: 400 339 910") && found("identificação tributária 400339910"));
    assert!(!found("prix par nuit 400 339 910"));
}

#[test]
fn what_a_passport_is_part_of_has_no_number() {
    Cases::of("gov_id.passport")
        .miss("Reisepassinhaber seit 20200101, reisepassfoto 12345678")
        .hit("Reisepassnummer U1234567", "U1234567")
        .hit("Reisepass U1234567", "U1234567")
        .run();
}

#[test]
fn hexadecimal_is_no_licence() {
    Cases::of("gov_id.uk.driving_licence")
        .hit("MORGA657054SM9IJ", "MORGA657054SM9IJ")
        .miss("ABCDE657054AB9CD, fedcb657054ba9dc")
        .hit("driving licence ABCDE657054AB9CD", "ABCDE657054AB9CD")
        .run();
}

#[test]
fn a_message_that_is_a_number_is_recorded() {
    Cases::of("gov_id.de.idnr")
        .low("36 574 261 809", "36 574 261 809")
        .low("36574261809\n", "36574261809")
        .miss("36 574 261 809 and")
        .miss("- 36574261809")
        .miss("36 574 261 808")
        .run();
    Cases::of("gov_id.us.ein").low("91-1144442", "91-1144442").miss("911144442").miss("91-1144442 and").run();
    let found = |body: &str, format| shared().scan(body.as_bytes(), input(format)).findings.len();
    assert_eq!(found(r#"{"role": "user", "content" : "36574261809"}"#, Format::Json), 1);
    assert_eq!(found(r#"[{"type":"text","text":"36574261809"}]"#, Format::Json), 1);
    // In other strings, names, rows and numbers it is a number like others.
    for (body, format) in [
        (r#"{"order": "36574261809", "content": "36574261809", "ids": ["36574261809"]}"#, Format::Json),
        (r#"{"role": {"a": "b"}, "x": {"text": "36574261809"}}"#, Format::Json),
        (r#"[{"word": "36574261809"}, {"text": "36574261809"}]"#, Format::Json),
        ("36574261809", Format::Json),
        ("36574261809\n36574261809,1,ok\n", Format::Ndjson),
        ("36574261809=1&content=36574261809", Format::Form),
    ] {
        assert_eq!(found(body, format), 0, "{body}");
    }
}

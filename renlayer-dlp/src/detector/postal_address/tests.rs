//! Addresses as they are written, and what is told of numbers that are none.

use proptest::prelude::*;

use super::tokens::{self, Token};
use super::{PostalAddress, india, number_first, postcode, street, unnumbered};
use crate::detector::harness::Cases;
use crate::detector::{Detector as _, Probe};
use crate::engine::Text;

const PIECES: [&str; 96] = [
    " nr ",
    "Na skale ",
    "Pod gradom, ",
    "Marseille ",
    "Cerrito ",
    "Lindenweg ",
    "RFC ",
    "VIA ROMA ",
    "Retiro, ",
    "1010 ",
    "self.",
    "0/160 ",
    "Suite.",
    "apt.",
    "limit: ",
    " No: ",
    "No.",
    "0",
    ", 0, 0",
    "0x1f",
    "\t\t",
    "No: 5, ",
    " No:",
    "Caddesi",
    "Form ",
    "Lane ",
    "Day ",
    "via ",
    "Via ",
    "far",
    "? ",
    "12 of ",
    "Utca ",
    "_",
    "`",
    "Región ",
    "Address: ",
    "\n",
    "\t",
    "s/n",
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "\n",
    "-",
    "/",
    " # ",
    " (",
    ") ",
    "\"",
    ": ",
    "12",
    "7",
    "94043",
    "1945",
    "5th",
    "no.",
    "nr.",
    "of",
    "the",
    "were",
    "kitchen",
    "rue",
    "calle",
    "gatan",
    "utca",
    "st",
    "street",
    "Street",
    "Via",
    "Paris",
    "CA",
    "de",
    "s/n",
    "bis",
    "SW1A 2AA",
    "Madan",
    "Nagar",
    "ul.",
    "apt.",
    "cra",
    "Roma",
    "MI",
    "year-old",
    "PO Box",
    "street",
    "0010 Yerevan",
    "\u{e9}t\u{e9}",
    "  ",
    "    ",
    ".",
    ",",
    "3.25",
    "1.",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

    /// Where nothing is that a postcode has, none is read.
    #[test]
    fn a_postcode_has_a_mark(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..30), codes in "([A-Z0-9]{1,5}[ -]?){1,6}") {
        let text = format!("12 {} {codes} {}", pieces.concat(), pieces.concat());
        let bytes = text.as_bytes();
        let probe = Probe::new(Text { bytes, start: 0, complete: true }, 0, PostalAddress.ahead());
        let mut previous = Token::none(2);
        while let Some(token) = Token::after(&probe, previous.end) {
            let is_read = postcode::read(&probe, &previous, &token, true).is_some()
                || india::is_code_after(&probe, &previous, &token);
            prop_assert!(!is_read || postcode::mark(&bytes[token.start..]).is_some(), "{:?}", text);
            previous = token;
        }
    }

    /// What no street may begin after is no number that stands first.
    #[test]
    fn a_street_begins_with_a_word_or_an_ordinal(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..30)) {
        let text = format!("12{}", pieces.concat());
        // What a dash parts from the number is the end of an address in Brazil.
        let is_parted = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with(['-', '/']);
        let probe = Probe::new(Text { bytes: text.as_bytes(), start: 0, complete: true }, 0, PostalAddress.ahead());
        let number = tokens::end_of_number(&probe, 0).filter(|number| !tokens::may_begin_street(&probe, *number));
        let found = number.and_then(|number| number_first::read(&probe, number));
        prop_assert!(is_parted || found.is_none(), "{:?}", text);
    }

    /// A number that is not asked about for the words beside it is none of an address.
    #[test]
    fn between_words_that_are_in_no_list_is_no_address(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..30)) {
        let text = pieces.concat();
        let bytes = text.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let begins = (1..bytes.len()).filter(|at| is_digit(*at) && !is_digit(at - 1));
        for at in begins {
            let end = (at..).find(|at| !is_digit(*at)).unwrap();
            let whole = Text { bytes, start: 0, complete: true };
            let sides = if end - at < 5 { &street::SIDES } else { &street::POSTCODE_SIDES };
            let probe = Probe::new(whole, at, PostalAddress.ahead());
            // Postcodes of Britain have an anchor of their own.
            if sides.part(whole, at..end) && !unnumbered::ends_a_british_code(&probe) {
                let found = PostalAddress.verify(&probe);
                prop_assert!(found.is_none(), "{:?} at {} of {:?}", found, at, text);
            }
        }
    }
}

#[test]
fn postal_address_cases() {
    Cases::of("pii.postal_address")
        .hit(
            "at 1600 Amphitheatre Parkway, Mountain View, CA 94043.",
            "1600 Amphitheatre Parkway, Mountain View, CA 94043",
        )
        .hit("10 Downing Street, London SW1A 2AA", "10 Downing Street, London SW1A 2AA")
        .hit(
            "to 68275 Christopher Groves\nBryanstad, UT 77503-1234",
            "68275 Christopher Groves\nBryanstad, UT 77503-1234",
        )
        .hit(
            "679 Union Hill Suite 590, West Justin, AB P1S 5M4",
            "679 Union Hill Suite 590, West Justin, AB P1S 5M4",
        )
        .hit("wohnt Hauptstraße 12, 10115 Berlin.", "Hauptstraße 12, 10115 Berlin")
        .hit("Lange Gasse 5a\n01067 Dresden", "Lange Gasse 5a\n01067 Dresden")
        .hit("Steinagøta 17\n100 Tórshavn", "Steinagøta 17")
        .hit("Snebersko nabrežje 110, 3646 Nova Gorica", "Snebersko nabrežje 110, 3646 Nova Gorica")
        .hit("15 rue de la Paix, 75002 Paris", "15 rue de la Paix, 75002 Paris")
        .hit("Herengracht 573\n1017 CD Amsterdam", "Herengracht 573\n1017 CD Amsterdam")
        .hit("Via Roma 5", "Via Roma 5")
        .hit("Hauptstraße\t12, 10115 Berlin", "Hauptstraße\t12, 10115 Berlin")
        .hit("ul. Marszałkowska 10, 00-590 Warszawa", "ul. Marszałkowska 10, 00-590 Warszawa")
        .hit("Strandgatan 4, 341 30 Ljungby", "Strandgatan 4, 341 30 Ljungby")
        .hit("Kukučínova 7, 998 57 Holiša", "Kukučínova 7, 998 57 Holiša")
        .hit("Avenida de Lima, 590\n3847-445 São João", "Avenida de Lima, 590\n3847-445 São João")
        .hit("meet at 350 5th Ave tomorrow", "350 5th Ave")
        .hit("13 Route d'Esch\n2016 Luxembourg", "13 Route d'Esch\n2016 Luxembourg")
        .hit("Rua Rodrigues, S/N\n5600-467 Amarante", "Rua Rodrigues, S/N\n5600-467 Amarante")
        .hit("Plaza de España s/n, 50001 Zaragoza", "Plaza de España s/n, 50001 Zaragoza")
        .hit("avenue Barre\n65463 Deschamps", "avenue Barre\n65463 Deschamps")
        .hit("la Aleea Tabacu\nMioveni, 300332.", "Aleea Tabacu\nMioveni, 300332")
        .hit("Intrarea Nistor\nValea Mare (Babeni), 756907", "Intrarea Nistor\nValea Mare (Babeni), 756907")
        .hit("Petőfi sándor utca 232.\nH-6056 Tótkövesd", "Petőfi sándor utca 232.\nH-6056 Tótkövesd")
        .miss("Mioveni, 300332\nRue\n75001 Paris")
        .miss("The Strada Report\nVersion, 300332")
        .hit("J'habite rue Victor Hugo, 65361 Rousset.", "rue Victor Hugo, 65361 Rousset")
        .hit("la Strada Ion Dochioiu, Tomesti, 992152", "Strada Ion Dochioiu, Tomesti, 992152")
        .hit("rue de Rivoli, 75001 Paris", "rue de Rivoli, 75001 Paris")
        .low("J'habite rue Morel, 65361 Rousset.", "rue Morel, 65361 Rousset")
        .low("la Strada Dochioiu, Tomesti, 992152", "Strada Dochioiu, Tomesti, 992152")
        .harmless("Via HTTP, 10000 Requests")
        .harmless("Rue Morel, 12345 Tokens")
        .harmless("Boulevard Records, 10000 Copies")
        .harmless("Strada UI, Version, 123456")
        .miss("Via Hyper Text, 10000 Requests per second")
        .hit("Rose Cottage, High Street, Oxford OX1 4BH", "Rose Cottage, High Street, Oxford OX1 4BH")
        .hit("Mill Farm\nChurch Lane\nLittle Snoring\nNR21 0HY", "Mill Farm\nChurch Lane\nLittle Snoring\nNR21 0HY")
        .hit("Rose Cottage, Little Snoring NR21 0HY", "Rose Cottage, Little Snoring NR21 0HY")
        .hit("Rose Cottage, London E1 4GH", "Rose Cottage, London E1 4GH")
        .hit("Mill House, Church Lane, Solihull B91 3GB", "Mill House, Church Lane, Solihull B91 3GB")
        .miss("Model House, Type A1 4GB")
        .miss("The Manor, Intel Core I7 8GB")
        .miss("See White House, Room E1 4GB")
        .miss("Steel Mill, Block B2 3AA")
        .miss("Paper Mill, Grade B2 3AA")
        .miss("Paper Mill, Laptop TS2 8GB")
        .miss("High Street OX1 4BH, Mill House, Church Lane, Memory XX1 4BH, Mill House, Church Lane OX1 4MB")
        .hit("Los Girasoles 33, Villa Alegre, Renaico, Región de La Araucanía", "Los Girasoles 33, Villa Alegre, Renaico, Región de La Araucanía")
        .hit("Los Girasoles 33 Dpto. 379, Renaico, Región de La Araucanía", "Los Girasoles 33 Dpto. 379, Renaico, Región de La Araucanía")
        .miss("Oxford OX1 4BH, Renaico, Región de La Araucanía, la rue, 65361 personnes")
        .miss("Windows House, 2024, and A1 4GB of memory")
        .hit("Λεωνιδίου 3,\nΤΚ 32364 Άρτα", "Λεωνιδίου 3,\nΤΚ 32364 Άρτα")
        .hit("Οδός Πατησίων 76, Αθήνα 104 34", "Οδός Πατησίων 76, Αθήνα 104 34")
        .hit("бул. Витоша 15, 1000 София", "бул. Витоша 15, 1000 София")
        .hit("ул. Иван Вазов № 24, 4000 Пловдив", "ул. Иван Вазов № 24, 4000 Пловдив")
        .hit("Gedimino pr. 9, LT-01103 Vilnius", "Gedimino pr. 9, LT-01103 Vilnius")
        .hit(
            "Soseaua Dumitrescu Nr. 83 Bl. 88  Sc. 25 Ap. 684\nSatu Mare, 713589",
            "Soseaua Dumitrescu Nr. 83 Bl. 88  Sc. 25 Ap. 684\nSatu Mare, 713589",
        )
        .hit(
            "Av. Paulista, 1578 - Bela Vista, São Paulo - SP, 01310-200",
            "Av. Paulista, 1578 - Bela Vista, São Paulo - SP, 01310-200",
        )
        .hit(
            "Vila Antena Montanhês, 7\n22003-322 Dias do Oeste / PI",
            "Vila Antena Montanhês, 7\n22003-322 Dias do Oeste / PI",
        )
        .hit("1-1-2 Otemachi, Chiyoda-ku, Tokyo 100-8111", "1-1-2 Otemachi, Chiyoda-ku, Tokyo 100-8111")
        .hit("12 bis, rue Victor Hugo, 69002 Lyon", "12 bis, rue Victor Hugo, 69002 Lyon")
        .miss("Εικόνα 12, 2020 Αθήνα")
        .miss("R. Brown 2019, J. R. Tolkien 1954, C. Elegans 12")
        .miss("see 3 R. Brown and 12 C. Smith")
        .hit("R. Machado 12, 4884-370 Mealhada", "R. Machado 12, 4884-370 Mealhada")
        .hit("C/ Alcalá 45, 28014 Madrid", "Alcalá 45, 28014 Madrid")
        .miss("São Paulo - SP, Rio de Janeiro / RJ, s/n 5600-467")
        .hit("Via Giovanni Della Casa, 20147 Milano", "Via Giovanni Della Casa, 20147 Milano")
        .hit("Bahnstraße 0, 66849 Landstuhl", "Bahnstraße 0, 66849 Landstuhl")
        .miss("s.rfind(SUBSTR, 0, size), 0 Main Street")
        .miss("Bahnstraße, 66849 Landstuhl")
        .miss("18 May 2007 by Wichert Akkerman 7 Jun 1998")
        .miss("2019 Anthony Green 2021, 2022 The Open Group")
        .hit(
            "Foundation, Inc., 51 Franklin Street, Boston, MA 02110",
            "51 Franklin Street, Boston, MA 02110",
        )
        .hit("Lenaweg 4b/4, 6296PS, Netersel", "Lenaweg 4b/4, 6296PS, Netersel")
        .hit("12 rue du 8 mai 1945, 75010 Paris", "12 rue du 8 mai 1945, 75010 Paris")
        .hit("Calle 10 # 45-12, Cali", "Calle 10 # 45-12")
        .hit("Av. 7 N° 328, Mendoza", "Av. 7 N° 328")
        .hit("ул. Тверская, д. 7, кв. 12", "ул. Тверская, д. 7")
        .hit("12 MG Road, Bengaluru, Karnataka 560001.", "12 MG Road, Bengaluru, Karnataka 560001")
        .hit("at 459, Madan Zila, Latur 778094 by", "459, Madan Zila, Latur 778094")
        .hit("to 11, Vyas Nagar, Chandrapur-410914", "11, Vyas Nagar, Chandrapur-410914")
        .hit("at 542 Smith Mews, Hamilton 3204 with", "542 Smith Mews, Hamilton 3204")
        .hit("to PO Box 77, Hamilton 3204 then", "PO Box 77, Hamilton 3204")
        .miss("Order 459, Blue Shirt, Size 42, Total 778094")
        .miss("Figure 3, Table 2, Section 4, Chapter 110001")
        .miss("2 StR 123/19\nSmith")
        .miss("Berlin, New York, NY and Paris")
        .miss("Fifth Avenue and Main Street")
        .miss("12 Monkeys and 7 Days in May")
        .miss("In May 2024, 12000 People came")
        .miss("Kapitel 3, 1000 Euro, 5 Prozent")
        .miss("Version 12, Build 1234 Released")
        .miss("3 Ways to Visit Rome")
        .miss("1234 main street, springfield, il 62704")
        .low("100 park avenue, suite 1200, new york", "100 park avenue, suite 1200")
        .low("Address: 64 97 guildry street suite 709", "64 97 guildry street suite 709")
        .miss("to 100 park avenue, suite 1200, new york")
        .low("16 salontie 6\napt. 523\nurjala", "16 salontie 6\napt. 523")
        .miss("01 Luite tee 71\nSuite 824\nÄksi")
        .miss("Ran 430 tests for suite 40\n735 passed test suite 42\n149 tests, suite 77")
        .miss("2 or more flat 3\n100 euros flat 20\n3 of the flat 5\n12 packages for apt 3")
        .miss("the apt 5, apt-get 12, flat 3, suite 7 of it")
        .hit("Address: Nathan Road 123, Kowloon", "Nathan Road 123, Kowloon")
        .miss("Nathan Road 123, Kowloon\nMain Road 968\nData Lane 6\nTest Drive 14")
        .miss("Abbey Road 1969, Road 12, Wall Street 2008")
        .hit("İstiklal Cad. No: 45/3 Beyoğlu", "İstiklal Cad. No: 45/3")
        .hit("Sejong-daero 110, Seoul", "Sejong-daero 110")
        .hit("Tverskaya ulitsa, 13, Moscow", "Tverskaya ulitsa, 13")
        .low("Sent to\n725 Daniel Haven\nas asked", "725 Daniel Haven")
        .low("Address: 725 Daniel Haven does not match", "725 Daniel Haven")
        .miss("If 725 Daniel Haven does not match")
        .miss("## 5 Session Data Key\nupstream returned 502 Bad Gateway\n| 73 Data Product Port |\n18662 Region Timeout Key")
        .miss("Fix 624 Broken Price View\n624 Broken Price View\n- [ ] 5 Open Data Point\n12,Cold Brew Pass,3")
        .miss("Section 12 Public Key\nStep 4 Set Up Key\n502 Bad Gateway\n5 Open Data Field")
        .miss("Drive 2, 4096 Blocks")
        .hit("Jo,Hauptstraße 12,10115 Berlin,3", "Hauptstraße 12,10115 Berlin")
        .hit("Via Roma 5,00184 Roma", "Via Roma 5,00184 Roma")
        .miss("Tabelle 12,10115 Berlin und Wert 3,1234 Euro, Weg 12,10115 m")
        .miss("Item 5,12345 Units,1234 Boxes")
        .miss("Widget 12,35074 Screws,16.76\nUser 42,50000 Credits,ok\nServer 0,1140 Product,x")
        .miss("Drive 3, 4000 Blocks, Circle 3, 2048 Points, Park 7")
        .miss("Circle 3, 2048 Points")
        .miss("Ring 5, 10115 Nodes")
        .miss("Ridge 3, 12345 Entries")
        .miss("Park 7\n5000 Visitors")
        .miss("Court 3\n1200 Fans")
        .miss("Weg 5\n10234 Schritte")
        .miss("5 New Models B1842ABC Available, 12 Spare Parts X1234ABC Ford")
        .miss("Diag Test 12, then Bul Foo 12, ok")
        .hit("Jl. Melati 9, Bandung, Jawa Barat 22439", "Jl. Melati 9, Bandung, Jawa Barat 22439")
        .hit("Merdeka No. 29, Samarinda, Jawa Barat 22439", "Merdeka No. 29, Samarinda, Jawa Barat 22439")
        .hit("Obala 33\n6320 Piran", "Obala 33\n6320 Piran")
        .hit("Calle Cerrito 1250\nRetiro\nC1010 AAZ Buenos Aires", "Calle Cerrito 1250\nRetiro\nC1010 AAZ Buenos Aires")
        .hit("Av. San Martín 450, B1842ABC Monte Grande", "Av. San Martín 450, B1842ABC Monte Grande")
        .miss("San Martín 450, B1842ABC Monte Grande")
        .hit("wohnt Am Alten Markt 3", "Am Alten Markt 3")
        .hit("Endereço: Rua 25 de Março, 120, São Paulo", "Rua 25 de Março, 120")
        .hit("Address: 95 Lille Vibyhus 8, Nordby", "95 Lille Vibyhus 8, Nordby")
        .hit("he lives at Cerrito 1250, Retiro", "Cerrito 1250, Retiro")
        .hit("8 Abovyan street, 0010 Yerevan", "8 Abovyan street, 0010 Yerevan")
        .hit("69 Roheline 43\nApt. 305\nLepassaare\nNorth Hill 56293\n", "69 Roheline 43\nApt. 305\nLepassaare\nNorth Hill 56293")
        .hit("Na skale 14, 891 71 Ves", "Na skale 14, 891 71 Ves")
        .hit("Pod gradom 12, ap. 5, 1000 Ljubljana", "Pod gradom 12, ap. 5, 1000 Ljubljana")
        .hit("Strada Lunga nr 10, ap. 5, Brasov 500035", "Strada Lunga nr 10, ap. 5, Brasov 500035")
        .hit("Drottninggatan nr 12, lgh 1101, 111 22 Stockholm", "Drottninggatan nr 12, lgh 1101, 111 22 Stockholm")
        .hit("avenue Foch\nMarseille 13006 France tel. 5", "avenue Foch\nMarseille 13006 France")
        .hit("Calle 1ª # 8-70, Local 40", "Calle 1ª # 8-70")
        .hit("Jl. Ahmad Dahlan No. 3, Serang", "Jl. Ahmad Dahlan No. 3")
        .miss("In 1968 Main Street changed, and 8 New street lights")
        .miss("Her address in Paris, Table 12, Row 3")
        .miss("the 1987 Supreme Court")
        .hit("the 260 Daniel Locks Suite 016 provided", "260 Daniel Locks Suite 016")
        .miss("Run 5 Integration Test Suite 300, Stage 12, Suite 300 passed")
        .miss("Update 860 034 6399 and N8B5K8 in it")
        .hit("to Unit 93 3 Jodi Ride\nPort Nicole, NSW, 0201", "Unit 93 3 Jodi Ride\nPort Nicole, NSW, 0201")
        .hit("wohnt An der Alster 12", "An der Alster 12")
        .miss("226 IM Used, An RFC 3339 date, An Airbus 320, Am Montag 12 Uhr, Im Mai 2024, AM UTC 1970, OS Internals Volume 1")
        .run();
}

//! Driving licences, found after the words for them. (Some are the number of their holder, or have a check digit, and stand
//! with the other numbers of their country.) Sources: the issuers' own pages; the Brazilian DENATRAN for the check digits.

use super::super::Kind;
use super::sum;
use crate::check::weighted::{at, is_uniform};

pub(super) const ROWS: &[Kind] = &[
    Kind::bare(
        ["fr_permis", "gov_id.fr.permis", "the number of a French driving licence"],
        &["999999999999", "99AA99999"],
        &["permis de conduire*", "permis n", "numéro de permis", "numéro du permis", "permis"],
        &["123456789012"],
    ),
    Kind::bare(
        ["nl_rijbewijs", "gov_id.nl.rijbewijs", "the number of a Dutch driving licence"],
        &["9999999999"],
        &["rijbewijs*"],
        &["5123456789"],
    ),
    Kind::bare(
        ["pl_prawo_jazdy", "gov_id.pl.prawo_jazdy", "the number of a Polish driving licence"],
        &["99999/99/9999", "99~9999999"],
        &["prawo jazdy*", "prawa jazdy*"],
        &["12345/06/1234"],
    ),
    Kind::bare(
        ["pt_carta_conducao", "gov_id.pt.carta_conducao", "the number of a Portuguese driving licence"],
        &["AA~999999~9", "A~999999~9", "A~9999999"],
        &["carta de condução*", "carta de conducao", "título de condução"],
        &["L-123456 7"],
    ),
    Kind::new(
        ["br_cnh", "gov_id.br.cnh", "the number of a Brazilian driving licence (CNH)"],
        &["99999999999"],
        |v| {
            let first = sum(v, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
            let (first, less) = if first == 10 { (0, 2) } else { (first, 0) };
            let second = sum(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
            let second = if second == 10 { 0 } else { (second + 11 - less) % 11 };
            first == at(v, 9) && second % 10 == at(v, 10) && !is_uniform(v)
        },
        &["cnh", "carteira de habilitação", "carteira nacional de habilitação", "habilitação"],
        &["97625655678"],
    ),
    Kind::bare(
        ["tr_ehliyet", "gov_id.tr.ehliyet", "the number of a Turkish driving licence"],
        &["999999"],
        &["ehliyet*", "sürücü belgesi*"],
        &["123456"],
    ),
    Kind::bare(
        ["jp_menkyo", "gov_id.jp.menkyo", "the number of a Japanese driving licence"],
        &["999999999999", "9999~9999~9999"],
        &["運転免許*", "免許証*"],
        &["301234567890"],
    ),
    Kind::bare(
        ["in_driving_licence", "gov_id.in.driving_licence", "the number of an Indian driving licence"],
        &["AA99~99999999999", "AA-9999999999999"],
        &[
            "indian driving*",
            "driving licence*",
            "driving license*",
            "dl no",
            "dl number",
            "licence no",
            "license no",
        ],
        &["MH12 20190012345"],
    ),
];

//! Rows of large numbers: of the elements of an array that are as long as a card's number one in ten satisfies its check, so that where
//! half of them are none the others are recorded at most. In a text one may be mistyped; nobody types an array.

use smallvec::SmallVec;

use super::walk::Frame;
use crate::detector::Numbers;
use crate::scan::{Mark, Scan};
use crate::{Evidence, Finding};

/// The numbers of one array, as far as nothing else stands among them.
#[derive(Default)]
pub(super) struct Row {
    /// The place of the array's bracket.
    open: Option<usize>,
    numbers: Numbers,
    /// Those that are taken for cards though no word says so, with what was found before the first.
    cards: SmallVec<[usize; 4]>,
    mark: Option<Mark>,
}

impl Row {
    /// Goes on to what stands in `frames`, before it is scanned: a number of the same array, or something else.
    #[inline]
    pub(super) fn go_on(&mut self, scan: &mut Scan<'_>, frames: &[Frame], is_number: bool) {
        let open = match frames.last() {
            Some(Frame::Array { open, .. }) if is_number => Some(*open),
            _ => None,
        };
        if open != self.open {
            self.close(scan);
            self.open = open;
        }
    }

    /// Takes the number that was scanned last; `mark` was set before that.
    pub(super) fn meet(&mut self, scan: &mut Scan<'_>, digits: &[u8], mark: Mark) {
        if self.open.is_none() {
            return;
        }
        self.numbers.meet(digits);
        if let Some(card) = scan.since(mark).iter().find(|finding| is_bare_card(finding)) {
            self.cards.push(card.start);
            self.mark.get_or_insert(mark);
        }
    }

    /// Lowers what are no cards. Nothing that follows is of the row.
    pub(super) fn close(&mut self, scan: &mut Scan<'_>) {
        if let Some(mark) = self.mark.take().filter(|_| self.numbers.are_mixed()) {
            // They are in order, as the findings are.
            let is_of_row = |finding: &Finding| self.cards.binary_search(&finding.start).is_ok();
            scan.lower_since(mark, |finding| is_bare_card(finding) && is_of_row(finding));
        }
        if self.open.is_some() {
            *self = Self::default();
        }
    }
}

/// Whether a number is taken for a card by its digits alone.
fn is_bare_card(finding: &Finding) -> bool {
    &*finding.class == "payment.card_number" && !finding.evidence.has(Evidence::CONTEXT)
}

//! Gzip that no header speaks of: recognised by how it begins, and read under bounds of size and ratio.
//!
//! What is found stands for the whole of it, since nothing can be cut out of compressed bytes in place. What is broken, or
//! grows past the bounds, is opaque.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::OpaqueReason;
use crate::finding::MarkerStyle;
use crate::scan::Scan;
use crate::view::MOST_LEVELS;

/// No more than this is read.
const LARGEST: usize = 64 << 20;
/// Past the first MiB nothing may grow more than this many times.
const MAX_RATIO: usize = 100;
const RATIO_FREE: usize = 1 << 20;

/// Whether bytes begin as gzip (RFC 1952): its magic number, the one method there is, and no reserved flag.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0)
}

/// Scans what gzip holds.
pub(super) fn scan(scan: &mut Scan<'_>, bytes: &[u8]) {
    if scan.watch.level >= MOST_LEVELS {
        return scan.opaque(0..bytes.len(), OpaqueReason::Depth);
    }
    let bound = LARGEST.min(RATIO_FREE.max(bytes.len().saturating_mul(MAX_RATIO)));
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(bound as u64 + 1).read_to_end(&mut inflated);
    if read.is_err() || inflated.len() > bound {
        scan.opaque(0..bytes.len(), OpaqueReason::Compression);
    }
    let mark = scan.mark();
    scan.watch.level += 1;
    super::scan_any(scan, &inflated);
    scan.watch.level -= 1;
    scan.move_since(mark, |_| 0..bytes.len());
    scan.retain_since(mark, |finding| !finding.is_restored());
    for finding in scan.since(mark) {
        (finding.style, finding.swap) = (MarkerStyle::default(), None);
    }
    scan.settle_since(mark);
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;
    use crate::detector::harness::scan as scan_text;
    use crate::{Direction, Format, Input, Report, Scanner};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn report(body: &[u8]) -> Report {
        Scanner::builtin()
            .scan(body, Input { format: Format::Text, direction: Direction::Request, known: None })
    }

    #[test]
    fn what_gzip_holds_is_found_and_taken_out_with_all_of_it() {
        for text in ["my card: 4111 1111 1111 1111", r#"{"card":"4111\u00201111 1111 1111"}"#] {
            let body = gzip(text.as_bytes());
            let found = report(&body);
            assert_eq!(found.findings.len(), 1, "{text}");
            assert_eq!((found.findings[0].start, found.findings[0].end), (0, body.len()));
            assert_eq!(&*found.redact_all(&body), b"[REDACTED:payment.card_number]");
        }
        assert!(scan_text("clean").findings.is_empty() && report(&gzip(b"clean")).opaque.is_empty());
    }

    #[test]
    fn bombs_and_broken_streams_are_opaque() {
        let bomb = gzip(&vec![0; 16 << 20]);
        let whole = gzip(b"hello hello hello a@corp.io");
        let mut nested = b"a@corp.io".to_vec();
        for level in 1..=MOST_LEVELS + 1 {
            nested = gzip(&nested);
            assert_eq!(report(&nested).opaque.is_empty(), level <= MOST_LEVELS, "{level}");
        }
        assert_eq!(report(&bomb).opaque[0].reason, OpaqueReason::Compression);
        assert_eq!(report(&whole[..whole.len() - 9]).opaque[0].reason, OpaqueReason::Compression);
    }
}

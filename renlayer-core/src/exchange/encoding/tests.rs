use std::io::Write;

use flate2::{
    Compression, GzBuilder,
    write::{GzEncoder, ZlibEncoder},
};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

const TEXT: &[u8] = b"hello hello hello";
const MAX: usize = usize::MAX - 1;

/// A way to encode.
type Encode = fn(&[u8]) -> Vec<u8>;

const CODINGS: [(&str, Encode); 4] = [("gzip", gzip), ("deflate", deflate), ("br", brotli), ("zstd", zstd)];

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zstd(body: &[u8]) -> Vec<u8> {
    compress_to_vec(body, CompressionLevel::Fastest)
}

/// Brotli in uncompressed meta-blocks (RFC 7932, section 9.2).
fn brotli(body: &[u8]) -> Vec<u8> {
    let mut stream = Bits::default();
    stream.put(1, 0); // A window of 64 KiB.
    for block in body.chunks(1 << 16) {
        stream.put(3, 0); // Not the last; its length in four nibbles.
        stream.put(16, block.len() - 1);
        stream.put(1, 1); // Uncompressed.
        stream.bytes.extend(block);
        stream.used = 0;
    }
    stream.put(2, 0b11); // The last one, empty.
    stream.bytes
}

/// 16 MiB of zeros in one brotli meta-block: four literals, and the rest a copy of them. All prefix codes have one symbol.
fn brotli_bomb() -> Vec<u8> {
    const LENGTH: usize = 1 << 24;
    let mut stream = Bits::default();
    stream.put(1, 0); // A window of 64 KiB.
    stream.put(2, 0b01); // The last meta-block, not empty.
    stream.put(2, 2); // Its length in six nibbles.
    stream.put(24, LENGTH - 1);
    stream.put(13, 0); // One block type each, no direct distances, one context mode, one tree each.
    for (width, symbol) in [(8, 0), (10, 384 + (4 << 3) + 7), (6, 0)] {
        stream.put(4, 1); // A simple prefix code of one symbol.
        stream.put(width, symbol);
    }
    stream.put(24, LENGTH - 4 - 2118); // What the length of the copy has above its code's least.
    stream.bytes
}

/// Bits, the lowest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are taken; none where the next bit begins a byte.
    used: u8,
}

impl Bits {
    fn put(&mut self, width: usize, value: usize) {
        for bit in 0..width {
            if self.used == 0 {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= u8::from(value >> bit & 1 == 1) << self.used;
            self.used = (self.used + 1) % 8;
        }
    }
}

fn encoding(lines: &[&str]) -> Encoding {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(header::CONTENT_ENCODING, line.parse().unwrap());
    }
    Encoding::of(&headers)
}

fn decode(coding: &str, body: &[u8], max: usize) -> Result<Vec<u8>, DecodeError> {
    encoding(&[coding]).decode(body, max).map(Cow::into_owned)
}

#[test]
fn the_header_is_read_as_a_list() {
    let coded = |codings: &[Coding]| Encoding::Coded(codings.iter().copied().collect());
    for (lines, wanted) in [
        (&[][..], Encoding::Identity),
        (&[""], Encoding::Identity),
        (&["identity"], Encoding::Identity),
        (&["GZIP"], coded(&[Coding::Gzip])),
        (&["x-gzip"], coded(&[Coding::Gzip])),
        (&["deflate"], coded(&[Coding::Deflate])),
        (&["br"], coded(&[Coding::Brotli])),
        (&["zstd"], coded(&[Coding::Zstd])),
        (&["gzip , identity,,\tbr"], coded(&[Coding::Gzip, Coding::Brotli])),
        (&["gzip", "br"], coded(&[Coding::Gzip, Coding::Brotli])),
        (&["gzip, gzip", "zstd"], coded(&[Coding::Gzip, Coding::Gzip, Coding::Zstd])),
        (&["gzip, gzip, gzip, gzip"], Encoding::Unknown),
        (&["br, br", "br, br"], Encoding::Unknown),
        (&["gzip", "aws-chunked"], Encoding::Unknown),
        (&["compress"], Encoding::Unknown),
        (&["dcb"], Encoding::Unknown),
        (&["dcz"], Encoding::Unknown),
        (&["gzip;q=1"], Encoding::Unknown),
    ] {
        assert_eq!(encoding(lines), wanted, "{lines:?}");
    }
    assert_eq!(decode("compress", b"x", MAX), Err(DecodeError::Unknown));
    assert_eq!(decode("identity", TEXT, 1).unwrap(), TEXT);
}

#[test]
fn each_coding_and_each_stack_is_undone() {
    let long: Vec<u8> = (0..60_000_u32).flat_map(|number| number.to_string().into_bytes()).collect();
    for body in [&b""[..], TEXT, &long] {
        for (first, inner) in CODINGS {
            let once = inner(body);
            assert_eq!(decode(first, &once, MAX).unwrap(), body, "{first}");
            for (second, outer) in CODINGS {
                let (name, twice) = (format!("{first}, {second}"), outer(&once));
                assert_eq!(decode(&name, &twice, MAX).unwrap(), body, "{name}");
                assert_eq!(
                    decode(&format!("{name}, gzip"), &gzip(&twice), MAX).unwrap(),
                    body,
                    "{name}, gzip"
                );
            }
        }
    }
}

#[test]
fn what_other_encoders_write_is_read() {
    // A brotli stream of five letters as they stand; zstd's command line, with a checksum and without.
    let brotli = b"\x0b\x02\x80hello\x03";
    let checked = b"\x28\xb5\x2f\xfd\x04\x58\x65\0\0\x30hello \x01\0\x31\x4a\x11\xa2\xed\x1e\x0c";
    let unchecked = b"\x28\xb5\x2f\xfd\0\x58\x29\0\0hello";
    assert_eq!(decode("br", brotli, MAX).unwrap(), b"hello");
    assert_eq!(decode("zstd", checked, MAX).unwrap(), TEXT);
    assert_eq!(decode("zstd", unchecked, MAX).unwrap(), b"hello");
    let mut wrong = checked.to_vec();
    *wrong.last_mut().unwrap() ^= 1;
    assert_eq!(decode("zstd", &wrong, MAX), Err(DecodeError::Broken), "a checksum that does not hold");
}

#[test]
fn bombs_are_stopped_by_their_ratio() {
    let zeros = vec![0; 16 << 20];
    let bombs =
        [("gzip", gzip(&zeros)), ("deflate", deflate(&zeros)), ("br", brotli_bomb()), ("zstd", zstd(&zeros))];
    for (coding, bomb) in bombs {
        assert!(bomb.len() * MAX_RATIO < zeros.len(), "{coding}: {}", bomb.len());
        assert_eq!(decode(coding, &bomb, MAX), Err(DecodeError::TooLarge), "{coding}");
        // However it is wrapped, it is measured against what came.
        let stacked = decode(&format!("{coding}, gzip"), &gzip(&bomb), MAX);
        assert_eq!(stacked, Err(DecodeError::TooLarge), "{coding}, gzip");
    }
    // Nor is a bomb within a bomb unpacked further than the outer one may grow.
    assert_eq!(decode("gzip, gzip", &gzip(&gzip(&zeros)), MAX), Err(DecodeError::TooLarge));
}

#[test]
fn the_size_is_bounded_to_the_byte() {
    for (coding, encode) in CODINGS {
        for parts in [1, 2] {
            // Only gzip and zstd can go on after an end.
            if parts == 2 && !matches!(coding, "gzip" | "zstd") {
                continue;
            }
            let body = encode(&[7; 2000]).repeat(parts);
            let length = 2000 * parts;
            assert_eq!(decode(coding, &body, length).unwrap().len(), length, "{coding}");
            assert_eq!(decode(coding, &body, length - 1), Err(DecodeError::TooLarge), "{coding}");
        }
    }
}

#[test]
fn what_is_cut_off_is_broken_wherever_the_cut_is() {
    for (coding, encode) in CODINGS {
        let whole = encode(TEXT);
        for end in 1..whole.len() {
            assert_eq!(decode(coding, &whole[..end], MAX), Err(DecodeError::Broken), "{coding} to {end}");
        }
        assert_eq!(decode(coding, b"not that", MAX), Err(DecodeError::Broken), "{coding}");
    }
}

#[test]
fn nothing_after_the_end_goes_unread() {
    for (coding, encode) in CODINGS {
        let whole = encode(TEXT);
        for tail in [&b"\0"[..], b"x", b"a tail that some reader may read", &whole[..whole.len() - 1]] {
            let with_tail = [&whole, tail].concat();
            assert_eq!(decode(coding, &with_tail, MAX), Err(DecodeError::Broken), "{coding}: {tail:?}");
        }
        let doubled = decode(coding, &whole.repeat(2), MAX);
        let wanted =
            if matches!(coding, "gzip" | "zstd") { Ok(TEXT.repeat(2)) } else { Err(DecodeError::Broken) };
        assert_eq!(doubled, wanted, "{coding}: two in a row");
    }
}

#[test]
fn what_a_coding_carries_beside_its_content_is_refused() {
    let member = |header: GzBuilder| {
        let mut encoder = header.write(Vec::new(), Compression::fast());
        encoder.write_all(TEXT).unwrap();
        encoder.finish().unwrap()
    };
    let skippable = |magic: u8| [&[magic, 0x2a, 0x4d, 0x18, 6, 0, 0, 0][..], b"secret"].concat();
    let gzips = [
        member(GzBuilder::new().comment("secret")),
        member(GzBuilder::new().filename("secret")),
        member(GzBuilder::new().extra("secret")),
    ];
    let zstds = [skippable(0x50), skippable(0x5f)];
    for (coding, part, plain) in gzips
        .iter()
        .map(|part| ("gzip", part, gzip(TEXT)))
        .chain(zstds.iter().map(|part| ("zstd", part, zstd(TEXT))))
    {
        for body in [part.clone(), [part, &plain[..]].concat(), [&plain[..], part].concat()] {
            assert_eq!(decode(coding, &body, MAX), Err(DecodeError::Unseen), "{coding}: {body:?}");
        }
    }
}

/// A limit: the decoder does not tell of them.
#[test]
fn metadata_of_brotli_is_passed_over() {
    let mut stream = Bits::default();
    stream.put(1, 0); // A window of 64 KiB.
    stream.put(1, 0); // Not the last.
    stream.put(3, 3); // Metadata.
    stream.put(2, 1); // Its length in one byte.
    stream.put(8, b"secret".len() - 1);
    stream.bytes.extend(b"secret");
    stream.used = 0;
    stream.put(2, 0b11); // The last meta-block, empty.
    assert_eq!(decode("br", &stream.bytes, MAX).unwrap(), b"");
}

#[test]
fn zstd_frames_keep_to_the_window_and_length_they_state() {
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let raw = |header: &[u8]| [&magic[..], header, &[(5 << 3) | 1, 0, 0], b"hello"].concat();
    for (header, wanted) in [
        // A window of 8 MiB, and the next larger one.
        (&[0x00, 13 << 3][..], Ok(b"hello".to_vec())),
        (&[0x00, (13 << 3) | 1], Err(DecodeError::Broken)),
        // In one segment, of a length that holds, is short, is long, and is past the bound.
        (&[0x20, 5], Ok(b"hello".to_vec())),
        (&[0x20, 4], Err(DecodeError::Broken)),
        (&[0x20, 6], Err(DecodeError::Broken)),
        (&[0xa0, 0, 0, 0x20, 0], Err(DecodeError::TooLarge)),
        // With a dictionary, which nobody has.
        (&[0x21, 7, 5], Err(DecodeError::Broken)),
    ] {
        assert_eq!(decode("zstd", &raw(header), MAX), wanted, "{header:?}");
    }
}

#[test]
fn a_body_may_not_be_in_countless_parts() {
    for (coding, part) in [("gzip", gzip(b"x")), ("zstd", zstd(b"x"))] {
        assert_eq!(decode(coding, &part.repeat(1000), MAX).unwrap().len(), 1000, "{coding}");
        assert_eq!(decode(coding, &part.repeat(5000), MAX), Err(DecodeError::TooLarge), "{coding}");
    }
}

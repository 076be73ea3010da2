//! IP addresses, version 4 and 6.
//!
//! An address leads to a person or to a machine inside. Private, reserved and documentation ranges, and the resolvers that
//! everybody uses, tell little and are LOW.
//!
//! - hit: `client 81.2.69.160`, `2a00:1450:4001:830::200e`
//! - low: `192.168.1.10`, `127.0.0.1`, `192.0.2.7`, `8.8.8.8`, `fe80::1`, `2001:db8::1`
//! - miss: `version 10.4.2.1`, `Chrome/120.0.0.0`, `1.3.6.1.4.1`, `12:34:56`, `std::fmt`, MAC addresses
//! - known mistakes: a version with four parts, without a word that says so, is a hit; one of small numbers is LOW.

mod v4;
mod v6;

pub(super) use v4::V4;
pub(super) use v6::V6;

use super::ByteSet;

/// What an address does not stand beside: after letters of two bytes too, while those of three end as well as they begin a word, and
/// so does punctuation (`地址是81.2.69.160。`).
const GLUE: ByteSet = ByteSet::WORD.with(b".").or(ByteSet::EMPTY.range(0xc3, 0xdf));

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn ip_address_cases() {
        Cases::of("pii.ip_address")
            .hit("client 81.2.69.160, port", "81.2.69.160")
            .hit("http://81.2.69.160:8080/x", "81.2.69.160")
            .hit("from 81.2.69.0/24.", "81.2.69.0")
            .hit("via 2a00:1450:4001:830::200e ok", "2a00:1450:4001:830::200e")
            .hit("[2A02:26F0:6C00:0:0:0:210:BA15]:443", "2A02:26F0:6C00:0:0:0:210:BA15")
            .hit("::ffff:81.2.69.160", "::ffff:81.2.69.160")
            .hit("地址是81.2.69.160。", "81.2.69.160")
            .miss("如第3.2.1.4节所述，固件升级至21.45.16.80版，Chrome版本120.45.16.224，バージョン3.2.1.4を，버전5.4.1.2로")
            .hit("见 81.2.69.160…", "81.2.69.160")
            .hit("“81.2.69.160”", "81.2.69.160")
            .hit("地址是2a00:1450:4001:830::200e。", "2a00:1450:4001:830::200e")
            .hit("2a00:1450:4001:830:9:8:7:200e…", "2a00:1450:4001:830:9:8:7:200e")
            .miss("ü81.2.69.160 and 81.2.69.160ü and ж2a00:1450:4001:830::200e")
            .low("host 192.168.1.10", "192.168.1.10")
            .low("127.0.0.1", "127.0.0.1")
            .low("192.0.2.7", "192.0.2.7")
            .low("dns 8.8.8.8", "8.8.8.8")
            .low("schema 1.2.3.4", "1.2.3.4")
            .low("fe80::1ff:fe23:4567:890a%eth2", "fe80::1ff:fe23:4567:890a")
            .low("2001:db8::1", "2001:db8::1")
            .low("listen ::1 only", "::1")
            .hit("Address 2400:c401::5054:ff:fe1b:b031.", "2400:c401::5054:ff:fe1b:b031")
            .miss("version 10.4.2.1 of the driver")
            .miss("version 4 client 10.4.2.1")
            .miss("Release of node 18.12.1.10")
            .miss("Ver. 116.13.32.164")
            .hit("fixes the build. Now 116.13.32.164 is slow", "116.13.32.164")
            .hit("build server 116.13.32.164", "116.13.32.164")
            .miss("v10.40.20.10")
            .miss("Chrome/120.0.0.0 Safari")
            .miss("oid 1.3.6.1.4.1.311")
            .miss("256.1.1.1 and 81.02.69.160")
            .miss("at 12:34:56 and 00:1b:44:11:3a:b7")
            .miss("std::fmt and dead::beef and a::b and Face::add(1)")
            .miss("ratio 16:9 a:b c: d")
            .run();
    }
}

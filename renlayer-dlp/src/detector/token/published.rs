//! Values that a provider itself prints for all to read: in its manual, in the sources of its own libraries, in its web
//! pages; and those of the standards themselves.
//!
//! They look like any other, and many copy them. Of each only a hash is here, so that none is in the repository; the hash is of
//! what follows the token's prefix. A value belongs here when it stands in a text that its provider publishes under its own
//! name, and nowhere else does its being known excuse a value.

use sha2::{Digest, Sha256};

/// The first 64 bits of their SHA-256.
const HASHES: [u64; 57] = [
    // Google: the samples and tests of the Firebase SDKs.
    0x0770_3eb4_0e2f_1d68,
    0x5664_72f4_df93_4614,
    0x97aa_6b16_caac_89e3,
    0x8733_fe09_5912_7882,
    0x3361_33f6_82fe_aa0e,
    0xcf34_1b9c_95e8_4cb7,
    0x0243_0553_aacd_4244,
    0xf127_6545_83e7_e2d1,
    0x64db_43ad_5a6c_69f5,
    0x00d8_0426_e5f9_a1e0,
    0x991f_7455_fc2a_95cb,
    0x6530_c104_f485_b41e,
    0xe4ce_6086_34a7_f4d0,
    0x0671_4ae7_1d8e_2c1c,
    0x1a3f_9585_e009_bd49,
    // Google: YouTube's own web page and apps.
    0xd730_089d_5a1e_be2b,
    0x27fc_ba1f_d631_7867,
    0x8f49_8b8c_739c_1d2a,
    // Google: Chromium.
    0x6796_8d3d_7339_80a5,
    0x5b64_c43f_e7f7_9132,
    // Stripe: the keys that its manual shows to who is not signed in.
    0x153a_1825_8645_1358,
    0x74e1_1884_b07b_1d51,
    0xc1c4_5784_935e_da01,
    // Kubernetes: the manual of Secrets.
    0xa7b5_80d7_11ef_2807,
    // Docker: the manual of swarms.
    0xf9ae_6a12_a27e_be71,
    0x2ad9_875d_fc06_c3ff,
    0xe71c_004c_5267_2ab6,
    // Microsoft: the manual of nuget.config.
    0xdba7_2c00_f41f_4e4c,
    0xa070_2bc9_1d69_9f60,
    // The IETF and OpenID: RFC 5849, 6455, 6749, 6750, 7515, 7617, 7636, 7662; OpenID Connect Core.
    0x6c96_130f_130a_b0d6,
    0x00cf_4c78_1dc3_7003,
    0xa35b_81a7_d792_7b70,
    0xad71_fb41_6553_6675,
    0x9e30_9ccc_d311_ea64,
    0xb8e1_4854_5b13_c78b,
    0xca74_59e2_b267_76de,
    0xa71b_359a_87af_de13,
    0xe997_4c50_7d2a_8021,
    0x53f5_da0a_aa93_d64c,
    0x8d56_7eb8_8aff_f34f,
    0x9d03_b692_e941_d5ac,
    0x2932_57ab_6495_ebb1,
    0xcb87_c87e_4a13_8d9a,
    0xbb9b_1163_338b_2a51,
    0x649e_1f5c_769e_718b,
    0x80f8_b7c9_04d4_a43f,
    0xc20f_bc2b_9618_3894,
    0x4c20_e6f5_cc11_b937,
    0x6aa1_4267_d949_44e6,
    0xe32b_fba8_430f_499a,
    0x4f17_de19_a6a5_ac52,
    0xb87d_ad10_a32a_2d81,
    0x13d3_1e96_1a1a_d8ec,
    0xcf4d_418e_d3de_92d7,
    0x8b1b_17a9_740c_068a,
    0x15ce_f4b6_29cc_2d07,
    0x2ff8_b0fb_93ac_a981,
];
/// How long they are.
const LENGTHS: [usize; 13] = [10, 11, 12, 14, 15, 16, 22, 24, 28, 35, 43, 76, 86];

/// Whether `body` is one of them.
pub(super) fn is_one(body: &[u8]) -> bool {
    LENGTHS.contains(&body.len()) && HASHES.contains(&hash(body))
}

fn hash(body: &[u8]) -> u64 {
    let digest: [u8; 32] = Sha256::digest(body).into();
    digest.first_chunk().map_or(0, |half| u64::from_be_bytes(*half))
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn what_a_manual_prints_is_known_and_its_like_is_not() {
        let printed = ["4eC39HqLyj", "WDarjtT1zdp7dc"].concat();
        assert!(is_one(printed.as_bytes()));
        assert!(!is_one(printed.to_uppercase().as_bytes()) && !is_one(b"") && !is_one(&[0; 35]));
    }
}

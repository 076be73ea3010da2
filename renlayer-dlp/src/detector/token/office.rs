//! Documents, design, customers and people.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, any_hex, hex, is, url64, url64s};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Token] = &[
    token!("trello_token", "a Trello token", ["ATTA"], &[hex(64), any_hex(8)]),
    token!("calcom_key", "a Cal.com API key", ["cal_live_", "cal_test_"], &[hex(32)]),
    token!("adobe_secret", "an Adobe client secret", ["p8e-", "p8E-"], &[url64s(28, 36)]),
    token!("evernote_token", "an Evernote developer token", ["S=s"], &[Part::Run(ByteSet::DIGIT, 1, 4), is(":U="), hex(2), Part::Run(ALNUM.with(b":=-"), 60, 180)]),
    token!("zoho_token", "a Zoho OAuth token", ["1000."], &[hex(32), is("."), hex(32)]),
    token!("plane_key", "a Plane API key", ["plane_api_"], &[hex(32)]),
    token!("imagekit_key", "an ImageKit private key", ["private_"], &[Part::Run(BASE64.with(b"="), 27, 29)]).after(&Words::new(&["imagekit"])),
    token!("hubspot_developer_key" in "hubspot_token", "a HubSpot private app token of another region", ["pat-ap1-", "pat-na3-", "pat-ca1-", "pat-eu2-"], UUID),
    token!("hubspot_personal_key" in "hubspot_token", "a HubSpot personal access key", ["CiRu", "CiRl", "CiQ"], &[url64s(80, 240)]).after(&Words::new(&["hubspot"])),
    token!("personio_key", "a Personio API credential", ["papi-"], &[hex(8), is("-"), hex(4), is("-"), hex(4), is("-"), hex(4), is("-"), hex(12)]),
    token!("smartrecruiters_key", "a SmartRecruiters API key", ["DCRA1-"], &[hex(32)]),
    token!("airtable_oauth_token" in "airtable_token", "an Airtable OAuth token", ["oaa"], &[alnum(14), is(".v1."), Part::Run(URL64.with(b"."), 40, 200)]),
    token!("dropbox_long_lived_token" in "dropbox_token", "a Dropbox long-lived token", ["AAAAAAAAAA"], &[url64(54)])
        .lead(ALNUM, 11, 11).severity(Severity::High),
    token!("dropbox_refresh_token" in "dropbox_token", "a Dropbox refresh token", ["AAAAAAAAAA"], &[url64(43)])
        .lead(ALNUM, 11, 11).after(&Words::new(&["dropbox", "refresh"])).severity(Severity::High),
    token!("figma_webhook_token" in "figma_token", "a Figma plan or OAuth token", ["figp_", "figoh_", "figur_"], &[url64s(32, 60)]),
    token!("framer_key", "a Framer server key", ["fr_"], &[alnum(42)]).after(&Words::new(&["framer"])),
    token!("retool_key", "a Retool API key", ["retool_"], &[alnums(20, 60)]),
    token!("gitbook_token", "a GitBook API token", ["gb_api_"], &[alnums(30, 60)]),
    token!("mintlify_key", "a Mintlify admin key", ["mint_", "mint_dsc_"], &[alnums(22, 48)]),
    token!("tally_key", "a Tally or Formbricks key", ["tly-", "fbk_"], &[alnums(24, 60)]),
];

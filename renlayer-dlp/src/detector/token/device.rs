//! Games, devices and the things they are attached to.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, is, upper};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;

pub(super) const ROWS: &[Token] = &[
    token!("riot_key", "a Riot Games API key", ["RGAPI-"], UUID),
    token!(
        "roblox_cookie",
        "a Roblox session",
        ["_|WARNING:-DO-NOT-SHARE-THIS."],
        &[
            Part::Run(ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"';|"), 60, 200),
            is("|_"),
            Part::Run(ALNUM, 100, 2000)
        ]
    ),
    token!("adafruit_key", "an Adafruit IO key", ["aio_"], &[alnum(28)]),
    token!("ttn_key", "a key of The Things Network", ["NNSXS."], &[upper(39), is("."), upper(52)]),
    token!("samsara_token", "a Samsara API token", ["samsara_api_"], &[alnum(30)]),
    token!("nest_token", "a Nest access token", ["c.0"], &[alnums(60, 160)]).after(&Words::new(&["nest"])),
    token!("soracom_key_id" in "soracom_secret", "a Soracom auth key id", ["keyId-"], &[alnum(27)]),
    token!("soracom_secret", "a Soracom auth key secret", ["secret-"], &[alnum(60)]),
];

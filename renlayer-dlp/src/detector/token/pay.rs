//! Payments and shops.

use super::{ByteSet, Part, Token};

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    // Clerk and WorkOS write their secret keys the same way.
    Token::new(
        "stripe_key",
        "secret.stripe_key",
        "a Stripe secret or restricted key",
        &[
            "sk_live_",
            "sk_test_",
            "sk_prod_",
            "rk_live_",
            "rk_test_",
            "rk_prod_",
            "sk_org_live_",
            "sk_org_test_",
        ],
        &[Part::Run(ALNUM, 10, 255)],
    )
    .mistakes("secret keys of Clerk, WorkOS and others who took over the prefix have this class"),
    Token::new(
        "stripe_webhook_secret",
        "secret.stripe_key",
        "a Stripe webhook signing secret",
        &["whsec_"],
        &[Part::Run(ByteSet::BASE64, 24, 64), Part::Maybe("="), Part::Maybe("=")],
    ),
    Token::new(
        "square_token",
        "secret.square_token",
        "a Square access token",
        &["sq0atp-"],
        &[Part::Run(URL64, 22, 60)],
    ),
    Token::new(
        "square_application",
        "secret.square_token",
        "the id of a Square application",
        &["sq0idp-"],
        &[Part::Run(URL64, 22, 60)],
    )
    .severity(crate::Severity::Low),
    Token::new(
        "square_new_token",
        "secret.square_token",
        "a Square access token of the newer form",
        &["EAAAl", "EAAAE", "EAAAF"],
        &[Part::Run(URL64, 59, 60)],
    ),
    Token::new(
        "square_secret",
        "secret.square_secret",
        "a Square OAuth secret",
        &["sq0csp-"],
        &[Part::Run(URL64.with(b"\\"), 40, 64)],
    )
    .exactly(&[Part::Run(URL64, 43, 43)]),
    Token::new(
        "shopify_token",
        "secret.shopify_token",
        "a Shopify access token or shared secret",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        &[Part::Run(ByteSet::HEX, 32, 32)],
    ),
    Token::new(
        "paypal_braintree_token",
        "secret.braintree_token",
        "a PayPal Braintree production access token",
        &["access_token$production$", "access_token$sandbox$"],
        &[Part::Run(ALNUM, 16, 16), Part::Literal("$"), Part::Run(HEX, 32, 32)],
    ),
    Token::new(
        "plaid_token",
        "secret.plaid_token",
        "a Plaid access token",
        &["access-sandbox-", "access-development-", "access-production-"],
        &[Part::Run(HEX.with(b"-"), 36, 36)],
    ),
    Token::new(
        "flutterwave_key",
        "secret.flutterwave_key",
        "a Flutterwave secret key",
        &["FLWSECK-", "FLWSECK_TEST-"],
        &[Part::Run(ALNUM, 12, 32), Part::Maybe("-X")],
    ),
    Token::new(
        "easypost_key",
        "secret.easypost_key",
        "an EasyPost API key",
        &["EZAK", "EZTK"],
        &[Part::Run(ALNUM, 54, 54)],
    ),
    Token::new(
        "shippo_token",
        "secret.shippo_token",
        "a Shippo API token",
        &["shippo_live_", "shippo_test_"],
        &[Part::Run(HEX, 40, 40)],
    ),
    Token::new(
        "duffel_token",
        "secret.duffel_token",
        "a Duffel access token",
        &["duffel_live_", "duffel_test_"],
        &[Part::Run(URL64, 43, 43)],
    ),
    Token::new(
        "adyen_key",
        "secret.adyen_key",
        "an Adyen API key",
        &["AQE"],
        &[Part::Run(ByteSet::BASE64, 80, 200), Part::Maybe("="), Part::Maybe("="), Part::Literal("-")],
    )
    .confidence(0.8),
    Token::new(
        "gocardless_token",
        "secret.gocardless_token",
        "a GoCardless access token",
        &["live_", "sandbox_"],
        &[Part::Run(URL64, 40, 40)],
    )
    .after(&crate::words::Words::new(&["gocardless"])),
];

//! Payments, shops, banks and exchanges.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, any_hex, digits, hex, is, lower, url64, url64s};
use crate::Severity;

pub(super) const ROWS: &[Token] = &[
    token!("amazon_login_token" in "amazon_seller_token", "a Login with Amazon access or refresh token", ["Atza|", "Atzr|"], &[url64s(60, 1000)]),
    token!("razorpay_key", "a Razorpay key id", ["rzp_live_", "rzp_test_"], &[alnum(14)]),
    token!("xendit_key", "a Xendit secret key", ["xnd_production_", "xnd_development_"], &[alnums(40, 80)]),
    token!("midtrans_key", "a Midtrans server key", ["Mid-server-"], &[url64s(20, 28)]),
    token!("mercadopago_token", "a Mercado Pago access token", ["APP_USR-"],
        &[Part::Run(ByteSet::DIGIT, 10, 18), is("-"), digits(6), is("-"), hex(32), is("-"), Part::Run(ByteSet::DIGIT, 6, 12)]),
    token!("mercadopago_key" in "mercadopago_token", "a Mercado Pago public or test key", ["APP_USR-", "TEST-"], UUID),
    token!("omise_key", "an Omise secret key", ["skey_", "skey_test_"], &[lower(19)]),
    token!("paddle_key", "a Paddle API key", ["pdl_live_apikey_", "pdl_sdbx_apikey_"], &[lower(26), is("_"), alnum(22), is("_"), alnum(3)]),
    token!("mercury_token", "a Mercury API token", ["mercury_production_", "mercury_sandbox_"],
        &[alnums(3, 5), is("_"), alnums(30, 60), is("_"), alnums(5, 10)]),
    token!("shopify_delegate_token" in "shopify_token", "a Shopify token of a newer kind", ["shptka_", "shpua_", "shpwt_", "shprt_"], &[any_hex(32)]),
    token!("polar_token", "a Polar access token", ["polar_oat_", "polar_pat_", "polar_at_u_"], &[alnums(40, 50)]),
    token!("creem_key", "a Creem API key", ["creem_"], &[alnums(20, 40)]),
    token!("square_sandbox_token" in "square_token", "a Square sandbox token or secret", ["sandbox-sq0atb-", "sandbox-sq0csb-"], &[url64s(22, 64)]),
    token!("coinbase_key", "a Coinbase developer key name", ["organizations/"],
        &[any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(12), is("/apiKeys/"),
          any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(12)])
.severity(Severity::Medium),
    token!("blockfrost_key", "a Blockfrost project id", ["mainnet", "preprod", "testnet"], &[alnum(32)]),
    token!("alchemy_key", "an Alchemy API key in its URL", ["g.alchemy.com/v2/", "alchemyapi.io/v2/"], &[url64(32)]),
    token!("infura_key", "an Infura project key in its URL", ["infura.io/v3/", "infura.io/ws/v3/"], &[hex(32)])
    .severity(Severity::High),
    token!("quicknode_key", "a QuickNode endpoint with its token", ["quiknode.pro/"], &[hex(40)]),
    token!("helius_key", "a Helius API key in its URL", ["helius-rpc.com/?api-key="], UUID),
    token!("plaid_link_token" in "plaid_token", "a Plaid public or link token", ["public-production-", "public-sandbox-", "link-production-", "link-sandbox-"], UUID)
        .severity(Severity::Medium),
];

//! Payments, shops, banks and exchanges.

use super::{
    ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, base64, is, lower, upper, url64,
    url64s,
};
use crate::Severity;

pub(super) const ROWS: &[Named] = &[
    key!(
        "paypal_secret",
        "a PayPal REST client id or secret",
        ["paypal"],
        &[Part::Run(ByteSet::EMPTY.with(b"AE"), 1, 1), url64s(59, 79)]
    ),
    key!("plaid_secret", "a Plaid secret", ["plaid"], &[any_hex(30)]),
    key!("plaid_id" in "plaid_secret", "a Plaid client id", ["plaid"], &[any_hex(24)])
        .severity(Severity::High),
    key!("razorpay_secret", "a Razorpay key secret", ["razorpay"], &[alnum(24)]),
    key!(
        "mollie_key",
        "a Mollie API key",
        ["mollie"],
        &[Part::Maybe("live_"), Part::Maybe("test_"), alnum(30)]
    ),
    key!(
        "lob_key",
        "a Lob API key",
        ["lob_", "lobkey"],
        &[Part::Maybe("live_"), Part::Maybe("test_"), any_hex(35)]
    ),
    key!(
        "chargebee_key",
        "a Chargebee API key",
        ["chargebee"],
        &[Part::Maybe("live_"), Part::Maybe("test_"), alnums(30, 36)]
    ),
    key!("recurly_key", "a Recurly API key", ["recurly"], HEX32),
    key!(
        "revolut_key",
        "a Revolut API key",
        ["revolut"],
        &[Part::Maybe("prod_"), Part::Maybe("sand_"), url64(43)]
    ),
    key!("braintree_key", "a Braintree private key", ["braintree"], HEX32),
    key!(
        "authorize_net_key",
        "an Authorize.Net transaction key",
        ["authorizenet", "authorize_net", "authnet"],
        &[alnum(16)]
    ),
    key!("dwolla_key", "a Dwolla key or secret", ["dwolla"], &[alnum(50)]),
    key!("wise_token", "a Wise API token", ["wise_", "transferwise"], UUID),
    key!(
        "paystack_key",
        "a Paystack key",
        ["paystack"],
        &[is("sk_"), Part::Run(ByteSet::LOWER, 4, 4), is("_"), any_hex(40)]
    ),
    key!("taxjar_key", "a TaxJar API token", ["taxjar"], HEX32),
    key!("quickbooks_secret", "an Intuit QuickBooks client secret", ["quickbooks", "intuit"], &[alnum(40)]),
    key!("xero_secret", "a Xero client secret", ["xero"], &[url64(48)]),
    key!("freshbooks_secret", "a FreshBooks secret", ["freshbooks"], HEX64),
    key!("bigcommerce_token", "a BigCommerce token", ["bigcommerce"], &[lower(31)]),
    key!(
        "etherscan_key",
        "an Etherscan API key",
        ["etherscan", "bscscan", "polygonscan", "arbiscan"],
        &[upper(34)]
    ),
    key!("infura_secret" in "infura_key", "an Infura project id or secret", ["infura"], HEX32),
    key!("alchemy_old_key" in "alchemy_key", "an Alchemy API key", ["alchemy"], &[url64(32)]),
    key!("moralis_key", "a Moralis API key", ["moralis"], &[alnum(64)]),
    key!("tatum_key", "a Tatum API key", ["tatum"], &[is("t-"), any_hex(24), is("-"), any_hex(24)]),
    key!("binance_key", "a Binance API key or secret", ["binance"], &[alnum(64)]),
    key!("coinbase_token", "a Coinbase API key or secret", ["coinbase"], &[url64s(32, 64)]),
    key!("coinbase_secret" in "coinbase_token", "a Coinbase Exchange secret", ["coinbase"], &[base64(86), is("==")]),
    key!("kraken_key", "a Kraken API key", ["kraken"], &[base64(56)]),
    key!("kraken_secret" in "kraken_key", "a Kraken private key", ["kraken"], &[base64(86), is("==")]),
    key!("kucoin_key", "a KuCoin API key", ["kucoin"], &[any_hex(24)]),
    key!("kucoin_secret" in "kucoin_key", "a KuCoin API secret", ["kucoin"], UUID),
    key!("bitfinex_key", "a Bitfinex API key", ["bitfinex"], &[url64(43)]),
    key!("bittrex_key", "a Bittrex API key", ["bittrex"], HEX32),
    key!("bitmex_key", "a BitMEX API key or secret", ["bitmex"], &[url64s(24, 48)]),
    key!("okx_key", "an OKX API key", ["okx_", "okex"], UUID),
    key!("okx_secret" in "okx_key", "an OKX secret key", ["okx_", "okex"], &[upper(32)]),
    key!("bybit_key", "a Bybit API key or secret", ["bybit"], &[alnums(18, 36)]),
    key!(
        "huobi_key",
        "a Huobi access or secret key",
        ["huobi", "htx_"],
        &[any_hex(8), is("-"), any_hex(8), is("-"), any_hex(8), is("-"), any_hex(5)]
    ),
    key!("bitstamp_key", "a Bitstamp API key", ["bitstamp"], &[alnum(32)]),
    key!("poloniex_secret", "a Poloniex secret", ["poloniex"], &[any_hex(128)]),
    key!("gemini_exchange_key", "a Gemini exchange API key", ["gemini"], &[is("account-"), alnum(20)]),
    key!("coinmarketcap_key", "a CoinMarketCap API key", ["coinmarketcap", "cmc_"], UUID),
    key!(
        "stellar_seed",
        "the secret seed of a Stellar account",
        ["stellar", "xlm_"],
        &[is("S"), Part::Run(ByteSet::UPPER.range(b'2', b'7'), 55, 55)]
    )
    .whatever(),
    key!("cryptocompare_key", "a CryptoCompare API key", ["cryptocompare"], HEX64),
    key!("nownodes_key", "a NOWPayments or NOWNodes key", ["nowpayments", "nownodes"], &[alnums(28, 36)]),
    key!("alpaca_key", "an Alpaca key id", ["alpaca", "apca"], &[upper(20)]),
    key!("alpaca_secret" in "alpaca_key", "an Alpaca secret key", ["alpaca", "apca"], &[alnum(40)]),
    key!("finnhub_key", "a Finnhub API key", ["finnhub"], &[lower(20)]),
    key!("alphavantage_key", "an Alpha Vantage API key", ["alphavantage", "alpha_vantage"], &[upper(16)]),
    key!("polygon_key", "a Polygon.io API key", ["polygon_api", "polygonio"], &[url64(32)]),
    key!("tiingo_token", "a Tiingo token", ["tiingo"], HEX40),
    key!(
        "fixer_key",
        "a fixer, currencylayer or Open Exchange Rates key",
        ["fixer", "currencylayer", "openexchangerates", "exchangerate"],
        HEX32
    ),
    key!("quandl_key", "a Nasdaq Data Link key", ["quandl", "nasdaq_data"], &[url64(20)]),
    key!(
        "ebay_key",
        "an eBay client secret",
        ["ebay"],
        &[
            Part::Run(ByteSet::UPPER, 3, 3),
            is("-"),
            any_hex(12),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4)
        ]
    ),
    key!(
        "woocommerce_secret",
        "a WooCommerce consumer key or secret",
        ["woocommerce", "consumer_secret", "consumer_key"],
        &[is("c"), Part::Run(ByteSet::EMPTY.with(b"ks"), 1, 1), is("_"), any_hex(40)]
    )
    .whatever(),
];

//! Microsoft Azure.

use super::{ByteSet, Part, Token};

const SECRET: ByteSet = ByteSet::ALNUM.with(b"_~.-");

pub(super) const ROWS: &[Token] = &[
    // 64 bytes in base64.
    Token::new(
        "azure_storage_key",
        "secret.azure_storage_key",
        "an Azure storage or Cosmos DB account key in a connection string",
        &["AccountKey="],
        &[Part::Run(ByteSet::BASE64, 86, 86), Part::Literal("==")],
    ),
    Token::new(
        "azure_shared_access_key",
        "secret.azure_shared_access_key",
        "an Azure Service Bus, Event Hubs or IoT Hub key in a connection string",
        &["SharedAccessKey="],
        &[Part::Run(ByteSet::BASE64, 43, 43), Part::Literal("=")],
    ),
    // Three characters, the digit of the version, "Q~", then the rest.
    Token::new(
        "azure_client_secret",
        "secret.azure_client_secret",
        "a client secret of Microsoft Entra ID",
        &["7Q~", "8Q~", "9Q~"],
        &[Part::Run(SECRET, 31, 34)],
    )
    .led_by(SECRET, 3, 3),
    Token::new(
        "azure_sas_signature",
        "secret.azure_sas_signature",
        "the signature of an Azure shared access URL",
        &["&sig=", "?sig="],
        &[Part::Run(ByteSet::ALNUM.with(b"%+/"), 43, 60), Part::Maybe("=")],
    ),
    Token::new(
        "azure_devops_token",
        "secret.azure_devops_token",
        "an Azure DevOps personal access token",
        &["JQQJ99"],
        &[Part::Run(ByteSet::ALNUM, 46, 46), Part::Literal("AZDO"), Part::Run(ByteSet::ALNUM, 4, 4)],
    ),
];

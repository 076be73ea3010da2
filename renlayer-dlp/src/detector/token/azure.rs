//! Microsoft Azure.

use super::{ByteSet, Part, Token};
use crate::Severity;

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
    // Marks that Microsoft puts into its keys near their end, before a checksum; one row for each length and alphabet.
    // They are HIGH: for what blocks, a stream would hold every word until the next, since any may lead to such a mark.
    Token::new(
        "azure_devops_token",
        "secret.azure_devops_token",
        "an Azure DevOps personal access token",
        &["AZDO"],
        &[Part::Run(ByteSet::ALNUM, 4, 4)],
    )
    .lead(ByteSet::ALNUM, 76, 76)
    .severity(Severity::High),
    Token::new(
        "azure_data_key",
        "secret.azure_storage_key",
        "an Azure Storage, Cosmos DB, Batch, API Management or Machine Learning key",
        &["+ASt", "ACDb", "+ABa", "APIM", "+AMC"],
        &[Part::Run(ByteSet::BASE64, 6, 6), Part::Literal("==")],
    )
    .lead(ByteSet::BASE64, 76, 76)
    .severity(Severity::High),
    Token::new(
        "azure_access_key",
        "secret.azure_shared_access_key",
        "a key of Azure Service Bus, Event Hubs, Relay, IoT Hub or Event Grid",
        &["+ASb", "+AEh", "+ARm", "AIoT", "AzEG", "AZEG"],
        &[Part::Run(ByteSet::BASE64, 6, 6), Part::Literal("=")],
    )
    .lead(ByteSet::BASE64, 33, 33)
    .severity(Severity::High),
    // The form that new services share: 52 random characters, this signature, where and when it was made, the service's own
    // signature (`ACOG`, `AZCR`, …), a checksum, which is longer in base64 of 64 bytes.
    Token::new(
        "azure_common_key",
        "secret.azure_service_key",
        "a key of an Azure service in the form that they share, such as AI services and container registries",
        &["JQQJ99", "JQQJ9D", "JQQJ9H"],
        &[Part::Run(ByteSet::BASE64, 26, 28), Part::Maybe("==")],
    )
    .lead(ByteSet::BASE64, 52, 52)
    .severity(Severity::High),
];

//! Values under names of secrets, as languages and files write them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::{Generic, Value, assigned, keyword, may_be_given, weigh};
use crate::detector::harness::{Cases, Random, examined, scan};
use crate::detector::{ByteSet, Detector, Probe};
use crate::engine::Text;

#[test]
fn generic_secret_cases() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    let hex = ["6da89121079f83b2eb6accc", "f8219ea982c3d79bccc3e9c6a85856480661f8fde"].concat();
    let basic = ["am9obmRvZTpkMDY5", "NGIxYi1jMTcx"].concat();
    let word = ["tr0ub4dor", "-x"].concat();
    let cut = ["glsa_", "Zf3D0LXCM3EIMbgJpUNn"].concat();
    let mut cases = Cases::of("secret.generic");
    for text in [
        format!("genericToken := `{key}`"),
        format!("String apiToken = \"{key}\";"),
        format!("\"client_secret\" : \"{key}\","),
        format!("System.setProperty(\"APP_TOKEN\", \"{key}\")"),
        format!("<appToken>\n    {key}\n</appToken>"),
        format!("curl -H \"X-Api-Key: {key}\" https://corp.io"),
        format!("Authorization: Bearer {key}"),
        format!("--token {key} --verbose"),
    ] {
        cases = cases.hit(&text, &key);
    }
    cases
        .hit(&format!("client_secret: {hex}"), &hex)
        .hit(&format!("Authorization: Basic {basic}"), &basic)
        .hit(&format!("DB_PASSWORD={word}\n"), &word)
        .hit(&format!("password: '{word}'"), &word)
        .low(&format!("token = {cut}"), &cut)
        .low("password: 'CleartextPassword1'", "CleartextPassword1")
        .low("DB_PASSWORD=my-Secret_Password!22", "my-Secret_Password!22")
        .low("pass: 'P@ssw0rd!'", "P@ssw0rd!")
        .low("server->password = \"teapot@\";", "teapot@")
        .miss("define fetch($user,$password=\"\",$timeout9=\"0\",$verbose=false) {")
        .hit(&format!("password = \"\"\"{word}\"\"\""), &word)
        .hit(&format!("f(\"password=\"\"{word}\"\" x\")"), &word)
        .hit("password: 'kitchen#Password1'", "kitchen#Password1")
        .hit(&format!("token - '{key}'"), &key)
        .low("Using key=3kx19qpx748ldb75lsjicbs6ipit6ssm for it", "3kx19qpx748ldb75lsjicbs6ipit6ssm")
        .low("northwind_key=f6ameo8gaperc4j4g4tg9lbsqwbnak3c", "f6ameo8gaperc4j4g4tg9lbsqwbnak3c")
        .miss("\"key\": \"6da89121079f83b2eb6acccf8219ea982c3d79bc\"")
        .hit("Log in as joe, the password is Kx7!pQ2z, and wait", "Kx7!pQ2z")
        .hit("Mein Passwort lautet 'vR4sNq0w'.", "vR4sNq0w")
        .hit("contraseña: vR4sNq0w", "vR4sNq0w")
        .hit("CONTRASEÑA: vR4sNq0w", "vR4sNq0w")
        .hit("password: Summer#123456", "Summer#123456")
        .hit("password: Kx7!abcdefQ2z", "Kx7!abcdefQ2z")
        .hit("my password is Tr#123456kQ", "Tr#123456kQ")
        .hit("- **Password**: vR4sNq0w", "vR4sNq0w")
        .hit("Please set my password to Kx7!pQ2z again", "Kx7!pQ2z")
        .low("Reset your password to Passkeys2FA now", "Passkeys2FA")
        .low("The password for joe of the team is Base64Encoded", "Base64Encoded")
        .miss("migrate the password to Argon2id, hash the password to Bcrypt2b before storing, map password to Field3Name")
        .miss("Encode the password to Base64Url first, bind the password to IPv4Address, Switch your password to Passkeys2FA now")
        .hit(&format!("The API key for the service at work is {key}"), &key)
        .miss("compute it and pass to MachoReloc1, the password to SHA256 is lost, the token for it is getAccessTokenFromVault2")
        .hit(&format!("Use this: the API key is {key}, until Friday"), &key)
        .hit(&format!("my access token is {hex}."), &hex)
        .miss("the token is getAccessTokenFromVault2, the secret is 4bf92f35-77b3-4da6-a3ce-929d0e0e4736")
        .hit("PGPASSWORD=XkWqZvRtPmGhBd psql", "XkWqZvRtPmGhBd")
        .miss("the password is required, is AES-256 encrypted, is base64-encoded, is 12 characters long")
        .miss("WRONG_PASSWORD: i32 = -2146368492i32; NTE_PASSWORD: HRESULT = 0x8055000D_u32; PASSWORD_MAX 12014UL")
        .miss("the password is SHA256-hashed; your token is Kx7!pQ2z")
        .low("api_token = \"aB3dEXAMPLE9fG7hI8jK9lM0\"", "aB3dEXAMPLE9fG7hI8jK9lM0")
        .miss("api_token = \"your-token-goes-here-1234\"")
        .miss(&format!("public_key = \"{key}\""))
        .miss(&format!("next_page_token: {key}"))
        .miss(&format!("csrf-token={key}"))
        .miss(&format!("secret_id: {key}"))
        .miss(&format!("the token is here. Version {key}"))
        .low("tokenSecret = \"passwordResetTokenExpiresAt2Hours\"", "passwordResetTokenExpiresAt2Hours")
        .low("tokenSecret = getTokenSecretFromKeyVault1", "getTokenSecretFromKeyVault1")
        .miss("token = getToken(user1234567890)")
        .miss("secret: ${SECRET_VALUE_2024}")
        .miss("password: string, required")
        .miss("password = var.db_password")
        .miss("\"max_tokens\": 4096, \"total_tokens\": 123456789012")
        .miss("token_url='https://corp.io/login/oauth/access_token1'")
        .miss("API_KEY=\nOTHER_API_KEY=")
        .miss("secret_name = \"NEXUS-GPT4-API-KEY\"")
        .miss("credential: [REDACTED:secret.generic], api_key: [TOKEN:pii.email:k7m2q9x4tz01]")
        .hit(&format!("[REDACTED:token={key}]"), &key)
        .hit(&format!("[TOKEN:{key}]"), &key)
        .miss("password=********** token=xxxxxxxxxxxx")
        .miss("password: \"#{ENV['DB_PASSWORD']}\" and user:[passwd], '[host[:port]]'")
        .hit(&format!("token=token=token={key}"), &format!("token={key}"))
        .miss("token=token=token=token=token=token= and password: password: password:")
        .miss("[TOKEN:payment.iban:t4z8m1q6x0w2], [TOKEN:secret.generic:9h5c3v7k1n8p]")
        .run();
}

#[test]
fn a_value_that_code_decodes_is_found() {
    let key = [&Random::new(62).text(ByteSet::ALNUM, 22), "=="].concat();
    let hex = Random::new(63).text(ByteSet::HEX_LOWER, 64);
    let (text, picture) = (
        BASE64_STANDARD.encode("hello world this is"),
        BASE64_STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0"),
    );
    let counted: String = (0..16).map(|byte| format!("{byte:02x}")).collect();
    Cases::of("secret.generic")
        .hit(&format!("manager.setCipherKey(Base64.decode(\"{key}\"));"), &key)
        .hit(&format!("SECRET_KEY = base64.b64decode('{key}')"), &key)
        .hit(&format!("const secret = Buffer.from(\"{hex}\", \"hex\");"), &hex)
        .hit(&format!("apiSecret: bytes.fromhex(\"{hex}\"),"), &hex)
        .hit(&format!("secret = Base64.getDecoder().decode(\"{key}\");"), &key)
        .hit(&format!("SECRET_KEY = base64.b64decode(b'{key}')"), &key)
        .hit(&format!("let secret = hex::decode(\"{hex}\");"), &hex)
        .miss(&format!("secret = base64.b64decode(\"{text}\")\npassword_icon = b64decode(\"{picture}\")"))
        .miss(&format!(
            "test_vector_key = unhexlify(\"{}\")\ntokenAddress = unhexlify(\"{}\")",
            &hex[..32],
            &hex[..40]
        ))
        .miss(&format!("key = bytes.fromhex(\"{counted}\")"))
        .miss(&format!(
            "secret = html.decode(\"{key}\"); secret = jwt.decode(\"{key}\"); secret = urldecode(\"{key}\")"
        ))
        .miss(&format!(
            "cacheKey(Base64.decode(\"{hex}\")); public_key = b64decode(\"{key}\"); token(hash(\"{hex}\"))"
        ))
        .run();
}

#[test]
fn what_a_call_sets_beside_secrets_is_none() {
    Cases::of("secret.generic")
        .miss("setTokenProvider(\"queueNozzleVideo34\"); withKeyProvider('queueNozzleVideo34')")
        .run();
}

#[test]
fn what_stands_in_for_a_secret_that_is_not_set_is_found() {
    let word = ["tr0ub4dor", "-x"].concat();
    Cases::of("secret.generic")
        .hit(&format!("PASSWORD = os.environ.get(\"PASSWORD\") or \"{word}\""), &word)
        .hit(&format!("password: process.env.DB_PASSWORD ?? '{word}',"), &word)
        .hit(&format!("password = getenv(\"DB_PASSWORD\", default=\"{word}\")"), &word)
        .low("password = os.environ[\"DB_PASSWORD\"] or \"opensesame\"", "opensesame")
        .miss("(enter your password) or \"build680\" and password ?? \"bolt\"")
        .miss("labels[\"password\"] or \"Password\"; errors.get(\"password\") or \"Invalid1\"")
        .miss(&format!("value = get(\"PASSWORD\") or \"{word}\""))
        .miss("add_argument(\"--password\", default=\"valve\")")
        .hit(&format!("$config['password'] ?? '{word}'; $_ENV['DB_PASSWORD'] ?? ''"), &word)
        .miss("forgot your password or \"cancel\"? a token or \"session\" of (a password) or \"\" at all")
        .miss("a name that holds \"password\" or \"1password9\" says so")
        .miss("password = get(\"password\") or \"\"\nname = get(\"name\") or \"opensesame9\"")
        .run();
}

#[test]
fn the_key_of_an_account_on_a_ledger_is_found() {
    let hex = Random::new(61).text(ByteSet::HEX_LOWER, 64);
    let (key, address) = (format!("0x{hex}"), format!("0x{}", &hex[..40]));
    Cases::of("secret.generic")
        .hit(&format!("PRIVATE_KEY={key}\n"), &key)
        .hit(&format!("privateKey: \"{key}\","), &key)
        .hit(&format!("Private key: {key}\nAddress: {address}"), &key)
        .hit(&format!("Private Key: {hex}"), &hex)
        .hit(&format!("cast send --private-key {key} --value 1"), &key)
        .miss(&format!("block: {key}, tx hash {key}, the private key of it. Root: {key}"))
        .miss(&format!("token = \"{address}\""))
        .run();
}

#[test]
fn code_in_place_of_a_value_is_none() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    Cases::of("secret.generic")
        .miss("const D3DVSD_TOKEN_END: D3DVSD_TOKENTYPE = 7i32;")
        .miss("--- PASS: TestOutputWithSubtest/sub_test2 (0.00s)")
        .miss("return password == that!!.password")
        .miss("sb.append(\"password=\").append(password1).append(end)")
        .miss("pass along \"-gcflags=\"+os.Getenv(\"GO_GCFLAGS\")")
        .miss("password=\"${NEO4J_AUTH#neo4j/}\"")
        .miss("\"pass_mask32\": \"0x31c45018\"")
        .miss("this.addPassword = '#add-password';")
        .miss("PrivateKeyPass = envPrivKey + \"_PASS\"")
        .miss("DB_PASS=\"''${DB_PASS:?DB_PASS is required}\"")
        .miss("@password ||= \"admin_user_#{rand(1000)}\"")
        .miss("hasPassword := flags&mqttConnFlagPasswordFlag != 0")
        .hit(&format!("export API_TOKEN={key} && ./run"), &key)
        .hit(&format!("run --token {key} && echo"), &key)
        .hit("PASSWORD=Kx7pQ2zLm9 && make", "Kx7pQ2zLm9")
        .hit("--from-literal=password=Kx7pQ2zLm9 == x", "Kx7pQ2zLm9")
        .hit(&format!("Authorization:Bearer {key} && y"), &key)
        .hit(&format!("token = {key} + x"), &key)
        .miss("DB_PWD=###Default value of it###")
        .miss("\"WHERE pass = '\".md5($password,true).\"'\"")
        .miss("root_password=\"$RANDOM***$RANDOM\", password: \"base-$NAME\", password=?string2")
        .low("password: \"x9$KEYS!k2\"", "x9$KEYS!k2")
        .low("password: \"{$Kq9zT}Lw!\"", "{$Kq9zT}Lw!")
        .low("password=?Kx9!pQ2zL", "?Kx9!pQ2zL")
        .low("password=##Kx9!pQ2zL", "##Kx9!pQ2zL")
        .hit("password: \"p%(7Kx!)q9Z\"", "p%(7Kx!)q9Z")
        .miss("\"set password = PASSWORD('{$password}')\"")
        .low("form.label :password_confirmation, 'Confirm*'", "Confirm*")
        .miss(&format!("Next page token: {key}"))
        .low("private_key: PKCS7PrivateKeyTypes,", "PKCS7PrivateKeyTypes")
        .low("SESSION_TOKEN = \"awsimdsv2sessiontoken\"", "awsimdsv2sessiontoken")
        .hit("password: \"bigMonkey7zq\"", "bigMonkey7zq")
        .run();
}

#[test]
fn names_are_set_and_defined_with_a_value_in_quotes() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    let word = ["tr0ub4dor", "-x"].concat();
    Cases::of("secret.generic")
        .hit(&format!("setx \"API_TOKEN\" \"{key}\""), &key)
        .hit(&format!("setx /M \"API_TOKEN\" \"{key}\""), &key)
        .hit(&format!("#define\tPASSWORD\t\"{word}\"\n"), &word)
        .hit(&format!("#define kAPIToken @\"{key}\""), &key)
        .hit(&format!("{{password, <<\"{word}\">>}}"), &word)
        .hit(&format!("std::string apiToken{{\"{key}\"}};"), &key)
        .hit(&format!("const std::string kApiToken{{\n    \"{key}\"}};"), &key)
        .miss(&format!("\"API_TOKEN\" \"{key}\", a token\t\"{key}\""))
        .miss(&format!(
            "std::cout << \"password=\" <<\"{word}\";\ntoken=<<\"{key}\"\nPASSWORD=$(cat <<\"{key}\"\n)"
        ))
        .miss(&format!("/* #define */ \"password\"\t\"{word}\""))
        .miss("std::string password{\"label\"}; enum Token{\"names\", 4}; {\"token\":{\"id2\":\"x\"}}")
        .run();
}

#[test]
fn a_setting_of_signs_goes_to_the_end_of_its_line() {
    let words = [["aB3(kd", "9]xx2R"], ["Kp{7r", "T,xQ9z"], ["xQ}9!R", "kc{2W"]].map(|parts| parts.concat());
    let [round, comma, brace] = &words;
    let path = ["/LNvEGXEX", "Y9Bx/YNvE{asdf.YN9BS}"].concat();
    Cases::of("secret.generic")
        .hit(&format!("password: {round}\n"), round)
        .hit(&format!("  db.password={comma}"), comma)
        .hit(&format!("user: joe\n  password: {brace}\r\n"), brace)
        .low(&format!("secret: {path}"), &path)
        .miss("password: users[idx1].PassWord2(x)\nsecret=Config[4].Key9\npassword=^[A-Za-z0-9]{8,}$\n")
        .miss("token: getToken2(A1)[0]\nsecret: Fn::GetAtt[Db2,Pw]\npassword=C:\\Users\\Joe2\\pw{1}.txt\n")
        .miss("password: PageModel2{44}\npassword: {a1B2,c3D4}\ntoken: Kx7{{pw}}Rz9\n")
        .run();
}

#[test]
fn what_stands_beside_a_setting_is_none_of_it() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    let other = ["EHf9rM91REGbdkzX", "XGB3L85QPNOLcnbA"].concat();
    let (id, token) = (&other[..20], &other[..24]);
    let word = ["Kx7pQ2", "zLm9"].concat();
    let sixteen = &key[..16];
    Cases::of("secret.generic")
        .hit(&format!("api_key={key},{other}\n"), &key)
        .hit(&format!("access_key={id},{key}\n"), id)
        .hit(&format!("token={token},{},{}\n", &key[..24], &key[8..]), token)
        .hit(&format!("api_key: {key}Zx7wQp2L,us-east-1\n"), &format!("{key}Zx7wQp2L"))
        .hit(&format!("auth_token={key},user=joe\nb=1"), &key)
        .hit(&format!("AUTH_TOKEN={key},expires=3600\n"), &key)
        .hit(&format!("API_KEY={key},REGION=us-east-1\n"), &key)
        .hit(&format!("consumer_secret={key},consumer_name={token}\n"), &key)
        .hit(&format!("(user=joe\nsecret={key})\n"), &key)
        .hit(&format!("[\nclient_secret: {key}]\n"), &key)
        .hit(&format!("{{a: b,\n  token: {key}}}\n"), &key)
        .hit(&format!("password={word},uid=0\n"), &word)
        .hit(&format!("redis_password={sixteen},port=6379,db=0\n"), sixteen)
        .hit(&format!("auth: {{user: joe,\n  password: {word}}}\n"), &word)
        .miss("password: Qj(e[3],Xz)\npassword: cfg[PWD_K1].v(Tx)\npassword: ph.hash(Pw1,Qz2)\n")
        .miss("passwords: Aa1,Bb2,Cc3,Dd4\n")
        .run();
}

#[test]
fn what_a_key_is_called_may_say_nobodys() {
    let key = ["N8N2xWg4FV8lusbl", "5CHBb5XRil6kOa"].concat();
    Cases::of("secret.generic")
        .hit(&format!("\"northwindKey\": \"{key}\""), &key)
        .low(&format!("\"someKey\": \"{key}\""), &key)
        .low(&format!("your_key = \"{key}\""), &key)
        .low(&format!("this.otherKey = \"{key}\""), &key)
        .hit(&format!("this.northwindKey = \"{key}\""), &key)
        .hit(&format!("this.stripeKey = \"{key}\""), &key)
        .hit(&format!("otherAcmeKey = \"{key}\""), &key)
        .hit(&format!("the.uplead_key = \"{key}\""), &key)
        .hit(&format!("your_acme_key = \"{key}\""), &key)
        .run();
}

#[test]
fn what_is_called_is_code_and_a_password_may_hold_its_signs() {
    let word = [")d!~ORI8ed7", "293eg@w8&()"].concat();
    Cases::of("secret.generic")
        .hit(&format!("easy_setopt(curl, CURLOPT_PROXYPASSWORD, \"{word}\");"), &word)
        .miss("password = \"user.getPassword2()\"")
        .miss("password = \"obj[key]()\", password = \"fn[a]()x1\", password: \"props['db_pw1']()\"")
        .miss("password = \"abc123!@#$%^&*()\", password: \"!@#$%^&*()_+aA1\", password = \"!@#$%^&*()_+-=[]{}\"")
        .run();
}

#[test]
fn values_are_found_as_languages_and_files_write_them() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    let word = ["tr0ub4dor", "-x"].concat();
    Cases::of("secret.generic")
        .hit(&format!("api_token = f\"{key}\""), &key)
        .hit(&format!("api_token <- '{key}'"), &key)
        .hit(&format!("API_TOKEN :                \"{key}\""), &key)
        .hit(&format!("api_token: !!str {key}"), &key)
        .hit(&format!("  api_token: |-\n    {key}\n"), &key)
        .hit(&format!("**API token:** `{key}`"), &key)
        .hit(&format!("req.Header.Set(\"Authorization\", \"Bearer {key}\")"), &key)
        .hit(&format!("Authorization:\n  - Bearer {key}\n"), &key)
        .hit(&format!("CREATE USER joe IDENTIFIED BY '{word}';"), &word)
        .hit(&format!("ALTER USER joe IDENTIFIED WITH mysql_native_password BY '{word}';"), &word)
        .low("JWT_SECRET=Kx72!hq9zzW", "Kx72!hq9zzW")
        .low("MYSQL_PASSWORD=sonarpass\n", "sonarpass")
        .low("Server=db;Uid=joe;Pwd=opensesame;Database=x", "opensesame")
        .low("oauth_token=kjerht2309uf&x=1", "kjerht2309uf")
        .low("client_secret=\"development#product\"", "development#product")
        .hit(&format!("Authorization: NTLM {key}"), &key)
        .hit(&format!("const apiToken =\n    \"{key}\";"), &key)
        .hit(&format!("const apiToken =\n    \"{key}\"; // of joe"), &key)
        .hit(&format!("<secret>{{acme AQAAABAAA {key}}}</secret>"), &key)
        .hit(&format!("'api_token': '{key}\r\n"), &key)
        .hit(&format!("api_token: {key}&lt;/div"), &key)
        .hit(&format!("HOST_PASSWORD={word}"), &word)
        .hit(&format!("ssh_password={word}"), &word)
        .hit(&format!("statuspage token: {key}"), &key)
        .hit(&format!("VAULT_TOKEN={key}"), &key)
        .hit(&format!("secretkey: {key}"), &key)
        .hit(&format!("authkey = '{key}'"), &key)
        .miss(&format!("{{\"key\": \"{key}\", 'key': '{key}'}}"))
        .low(&format!("{{\"auth\": \"{key}\"}}"), &key)
        .miss("{\"object\": {\"key\": \"page/ybFnDKiN3HO5FOSZ.jpg\"}}, 'key': 'YmFzZTY0IGlzIG5vIHNlY3JldA=='")
        .low(&format!("if ($auth == \"{key}\")"), &key)
        .low(&format!("$oauth = \"{key}\";"), &key)
        .miss(&format!("auth = {key}, auth = \"6f1ed002ab5595859014ebf0951522d9\", auth = \"useSessionStore2\""))
        .hit(&format!("char password[32] = \"{word}\";"), &word)
        .hit(&format!("const char wifi_pass[] = \"{word}\";"), &word)
        .miss("char password[MAX2] = {0}; password[i2] = buffer2[j]; token[3] = 'x'; [password](page2)[1]")
        .hit(&format!("static unsigned char PASSWORD[PASS_LEN] = \"{word}\";"), &word)
        .miss(r#"password[\s,:='"]+(?:value?[\s,:='"]+)?(?P<secret>[^\s]+)"#)
        .miss(r#"(?i)(password|passwd)[\s:="']+([^\s"']{8,})["']"#)
        .miss(r#"pwd[\s=:"]+(?:\w+2?["\s]+)"#)
        .miss("passwords[7] = \"public53\", password[i] = \"i2c-addr\"; password[new]: \"min8characters1\"")
        .miss("char password[8] == \"i2c-addr\"; password = ]+(?:kx72Hq9zz), password: )kx72-Hq9zz")
        .miss("token_payload[\"sub\"] == \"550e8400-e29b-41d4-a716-446655440001\"")
        .low("authentication(userName: \"root\", password: mvnPassword)", "mvnPassword")
        .miss(&format!("offset: 1 key: {key} payload, monkey: {key}, GET /x?auth={key}"))
        .miss("sort key: 2024-05-01T10:00:00Z#ORDER#12345")
        .hit(&format!("DB_PW={word}"), &word)
        .hit(&format!("<AppPassword id=\"new\" encoding='x'>{word}</AppPassword>"), &word)
        .hit(&format!("<password value=\"{word}\"/>"), &word)
        .hit(&format!("<password encrypted=\"false\" x=\"1\">{word}</password>"), &word)
        .miss("<password encrypted=\"kx7pq2zlm9\"/>\n  Kx7pQ2zLm9 <password-reset href=\"/a\">Reset99now</password-reset>")
        .hit(&format!("<password>${key}</password>"), &format!("${key}"))
        .hit(&format!("密码: {word}"), &word)
        .hit(&format!("비밀번호: {word}"), &word)
        .miss(&format!("\"pubkey\": \"{key}\", 'USERPWD', 'HTTP200ALIASES', 'POSTQUOTE'"))
        .miss("'USERPWD', 'HTTP_ALIASES'")
        .hit("define('DB_PASSWORD', 'QWERTZ2019X')", "QWERTZ2019X")
        .hit("define('DB_PASSWORD', 'HUNTER2024')", "HUNTER2024")
        .hit("setenv(\"TOTP_SECRET\", \"JBSWY3DPEHPK3PXQ\", 1)", "JBSWY3DPEHPK3PXQ")
        .hit("config.set('PASSWORD', 'K7X2PQ9ZL')", "K7X2PQ9ZL")
        .hit(&format!("dspassword={word}"), &word)
        .hit(&format!("if user.Password != \"{word}\" {{"), &word)
        .hit("password: 'Rw4bNq$?7m+§TxKd@9z'", "Rw4bNq$?7m+§TxKd@9z")
        .low("header(\"Authorization\", \"Basic c2E6MTIzNDU2\")", "c2E6MTIzNDU2")
        .hit("b\"Basic am9zw6k6c8mZY3LJmXQ=\"", "am9zw6k6c8mZY3LJmXQ=")
        .hit("\"auth\": \"YnVpbGRlcjpxaDdlMnZrdAo=\"", "YnVpbGRlcjpxaDdlMnZrdAo=")
        .low("{\"auth\":\"c2Vzc2lvbjphY3RpdmU=\"}", "c2Vzc2lvbjphY3RpdmU=")
        .low("MYSQL_PASSWORD: gorm\n", "gorm")
        .low("  encryption_password: opensesame\n  active: true", "opensesame")
        .low("DROPBOX_OAUTH_SECRET=dropboxoauthsecret\n", "dropboxoauthsecret")
        .low(
            "api_token: 'phc_3ucsVsPv4zNizUDwr7yuqbV5oQgsc93F6tJubqvbgzY'",
            "phc_3ucsVsPv4zNizUDwr7yuqbV5oQgsc93F6tJubqvbgzY",
        )
        .low(
            "define('AUTH_KEY', 'kzgllO;k$F_-W68 Fl*iEekX;-pn =fNS(;c9nDKt;5RW(&jt')",
            "kzgllO;k$F_-W68 Fl*iEekX;-pn =fNS(;c9nDKt;5RW(&jt",
        )
        .hit("password: 'Kx7!pQ2zm rW4$ vB9xT'", "Kx7!pQ2zm rW4$ vB9xT")
        .low("export HEROKU_API_KEY='opensesame'\n", "opensesame")
        .low("$dbpasswd = 'pass123';", "pass123")
        .hit(&format!("\"sshPassphrase\" : \"{word}\","), &word)
        .hit(&format!("LABEL_STUDIO_API_KEY='{key}"), &key)
        .hit("api_token: /Zf3D0LXCM3EIMbgJpUNnkRtOfOueHzn", "/Zf3D0LXCM3EIMbgJpUNnkRtOfOueHzn")
        .miss("use api_token::o200k_base_v2;")
        .miss("token: /Users/joe/Documents/Projects2024/readme")
        .miss("API_TOKEN=\nAPI_TOKEN=none\nAPI_TOKEN=$TOKEN\npassword: string\npassword:\n  - new")
        .low("api_token: abc123def456", "abc123def456")
        .low("API_SECRET=123456789012345678901234567890", "123456789012345678901234567890")
        .low("acmecorp_key: 1234567890abcdef", "1234567890abcdef")
        .low(&format!("?key={key}"), &key)
        .low("$key = '6da89121079f83b2eb6acccf8219ea98';", "6da89121079f83b2eb6acccf8219ea98")
        .miss("key = '6da89121079f83b2eb6acccf8219ea982c3d79bc'")
        .low("token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9")
        .low("app_secret: 'rcawnt^87rv3-9k0t&srbc8v'", "rcawnt^87rv3-9k0t&srbc8v")
        .low("Authorization: Basic dXNlcm5hbWU6cGFzc3dvcmQ=", "dXNlcm5hbWU6cGFzc3dvcmQ=")
        .low("PASSWORD = 'SqLpa5sW0rD'", "SqLpa5sW0rD")
        .low("'/new-password' => 'cms/sites/passwords#update'", "cms/sites/passwords#update")
        .miss("secret = 'a1b2c3.corp.com'")
        .miss(&format!("field_password = '{word}', ID_PASSWORD = '{word}', hash_secret: {key}"))
        .miss(&format!("hashed_token: {key}, token_store = {key}, csrf_secret={key}"))
        .miss("exec(\"PWD=\"+tc.pwd2)\nnext")
        .low("mysql_password=sonarpass\n", "sonarpass")
        .miss("f(mysql_password=sonarpass)")
        .miss("MYSQL_PASSWORD=string MYSQL_PASSWORD=$PASS MYSQL_PASSWORD= x")
        .miss("token: |\n  a text of more than one word\n")
        .miss("the Bearer scheme of RFC 6750, section 2.1")
        .run();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

    /// What is told from the operator and what follows it is what reading the value tells.
    #[test]
    fn no_bare_word_is_given_where_quotes_are_needed(
        name in prop::sample::select(vec!["token", "api_key", "Key", "password", "-secret"]),
        rest in prop::sample::select(vec!["", "s", "_b", ")", " ", "]", "\" ", ".x"]),
        operator in prop::sample::select(vec!["(", ",", "|", "::", "==", "=", ":", ">", "=>", ": &str =", "::{", "||"]),
        after in "[ (='\"\\n]{0,3}(f|rb|!!str |\\*\\* )?['\"]?(bearer |Basic |token token=)?",
        value in prop::sample::select(vec!["Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "Kx7!pQ2z", "next", "self.x"]),
        end in prop::sample::select(vec!["", "'", "\"", ";", ", \"x\")", " = \"Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB\""]),
    ) {
        let text = [name, rest, operator, &after, value, end].concat();
        let bytes = text.as_bytes();
        let probe = Probe::new(Text { bytes, start: 0, complete: true }, 0, Generic.ahead());
        if let Some(after) = keyword::standing_at(&probe, 0).map(keyword::Word::length) {
            let found = assigned(&probe, after);
            prop_assert!(found.is_none() || may_be_given(&probe, after), "{:?} in {}", found, text);
        }
    }
}

/// Only where names stand in a row: what is padded in base64 may end with such a word.
#[test]
fn what_ends_as_a_name_does_may_be_a_value() {
    let key = |end: &str| ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHz", end].concat();
    let cases = ["pw=", "Key=", "key=="].into_iter().fold(Cases::of("secret.generic"), |cases, end| {
        let key = key(end);
        cases.hit(&format!("API_TOKEN={key}\n"), &key).hit(&format!("secret: {key} and so on"), &key)
    });
    cases.miss("my.token=my.token=my.token=my.token=my.token=").run();
}

#[test]
fn a_value_on_the_next_line_stands_alone_there() {
    let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
    Cases::of("secret.generic")
        .hit(&format!("setToken(\r\n\t'{key}'));\r\n"), &key)
        .hit(&format!("api_token =\n  \"{key}\""), &key)
        .miss("DB_PASSWORD=\n\n\n'Kx7!pQ2zm' is the id of the order")
        .miss("DB_PASSWORD=\n\n'Kx7!pQ2zm'\n")
        .miss("DB_PASSWORD=\n'Kx7!pQ2zm' is the id of the order")
        .miss(&format!("api_token=\n\"{key}\": a row"))
        .run();
}

#[test]
fn sentences_in_quotes_are_no_values() {
    Cases::of("secret.generic")
        .miss("password: 'At-least-8 characters please'")
        .miss("\"password\": \"Passwort_2 wiederholen\"")
        .miss("password: 'Chapter-2: how to choose one'")
        .miss("passwordHelp: 'Length(8-20) and a sign'")
        .miss("Set the password: \"Windows-11 Home is fine, Mac's not\"")
        .miss("password: 'Version2! is out now, friends'")
        .miss("api_token: 'Kx7!pQ2zmN and then some words of a sentence'")
        .run();
}

#[test]
fn values_that_begin_far_away_are_found_to_their_end() {
    let key = Random::new(6).text(ByteSet::ALNUM, 1023);
    let (rest, far) = ("_of_it".repeat(6), ".".repeat(72));
    Cases::of("secret.generic")
        .hit(&format!("name: api_token{rest}\ndescription= {far}\nvalue:         \"{key}\"\n"), &key)
        .run();
}

#[test]
fn what_the_window_cuts_is_no_value() {
    let bytes = b"\"Zf3D0LXCM3EIMbgJpUNn";
    let text = Text { bytes, start: 0, complete: true };
    let end = |ahead| Value::read(&Probe::new(text, 0, ahead), 1).map(|value| value.range().end);
    assert_eq!(end(bytes.len() + 1), Some(bytes.len()));
    assert_eq!(end(bytes.len() - 1), None);
    let is_given = |ahead| {
        let (text, name) = (Text { bytes: b"password: opensesame", start: 0, complete: true }, b"password");
        let probe = Probe::new(text, 0, ahead);
        weigh(&probe, 10, Value::read, || name).is_some()
    };
    assert!(is_given(64));
    assert!(!is_given(18));
}

#[test]
fn what_is_encrypted_is_low() {
    let mut random = Random::new(31);
    let sealed = format!("AgB{}", random.text(ByteSet::BASE64, 700));
    let kms = format!("AQICAHh{}", random.text(ByteSet::BASE64, 180));
    Cases::of("secret.generic")
        .low(&format!("PASSWORD: {sealed}\n"), &sealed[..200])
        .low(&format!("password = \"{kms}\""), &kms)
        .low(
            "db_password: \"ENC[AES256_GCM,data:Zf3D0LXCM3EIMbgJ]\"",
            "ENC[AES256_GCM,data:Zf3D0LXCM3EIMbgJ]",
        )
        .miss("password: '{cipher}6da89121079f83b2eb6acccf8219ea98'")
        .run();
}

#[test]
fn a_row_of_names_is_no_value() {
    for name in
        ["credentials=", "passwords=", "token_2=", "pass123:", "bedrock-api-key-=", "pw:", "pw: ", "_pw:"]
    {
        let text = name.repeat(3000);
        let examined = examined("generic_secret", &scan(&text).cost);
        assert!(examined <= 24 * text.len() as u64, "{name}: {examined} bytes of {}", text.len());
    }
    let word = ["kx72", "Hq9zz"].concat();
    Cases::of("secret.generic").low(&format!("passwords=tokens=secrets={word}"), &word).run();
}

#[test]
fn keys_with_signs_are_drawn() {
    let signs = ByteSet::LOWER.or(ByteSet::DIGIT).with(b"!@#%^&*(-_=+)");
    let key = format!("r{}7", Random::new(93).text(signs, 48));
    let ended = format!("r&k(9)+{}7", Random::new(94).text(signs.without(b"=&"), 43));
    Cases::of("secret.generic")
        .hit(&format!("SECRET_KEY = '{key}'\n"), &key)
        .hit(&format!("DEBUG=1\nSECRET_KEY={ended}\nPORT=8000\n"), &ended)
        .low(&format!("api_key = '{key}'\n"), &key)
        .low("APP_SECRET='^[a-z]{8,}@[^#]+[0-9]!$&'\n", "^[a-z]{8,}@[^#]+[0-9]!$&")
        .miss("SECRET_KEY=os.getenv(K1)\nSECRET_KEY=f(a1)&&b!=c*d\nSECRET_PHASE=build(4)+phase[7]*output^2\n")
        .run();
}

#[test]
fn what_stands_before_its_name_is_not_seen() {
    let word = ["Kx7pQ2zLm9", "vT4"].concat();
    Cases::of("secret.generic")
        .miss(&format!("if (\"{word}\".equals(password)) {{"))
        .miss(&format!("{{\"value\": \"{word}\", \"name\": \"password\"}}"))
        .hit(&format!("if (password.equals(\"{word}\")) {{"), &word)
        .run();
}

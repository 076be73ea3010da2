//! Passwords on command lines and in `.netrc`, where no operator gives them to a name.
//!
//! - hit: `sshpass -p kx72-Hq9 ssh joe@corp.io`, `docker login -u joe -p …`, `mysql -u root -pkx72Hq9`,
//!   `openssl rsa -passin pass:…`, `keytool -storepass …`, `net user joe kx72-Hq9 /add`, `machine corp.io login joe password kx72-Hq9`
//! - low: words in place of a password
//! - miss: `sshpass -p "$PASS"`, `mysql -u root -p`, `ssh -p 2222`, ports (`--name mongo -p 27017:27017`), other options and files (`7z a -pkg-1.2.7z`), and those of the next
//!   command (`docker login && mkdir -p data/v1`)
//! - known mistakes: options further than 160 bytes after the command are not seen.

use smallvec::SmallVec;

use super::url_credentials::is_variable;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::check::language;
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CommandPassword;

type Options = SmallVec<[&'static str; 4]>;

/// A command, and what stands before the password; where that is empty, the password is the next word, and where it is a
/// space, the word after that. Commands in lower case stand in either case.
const COMMANDS: [(&str, &str); 59] = [
    ("sshpass ", "-p "),
    ("sshpass ", "-p"),
    // Registries.
    ("docker login", " -p "),
    ("podman login", " -p "),
    ("skopeo login", " -p "),
    ("helm registry login", " -p "),
    ("twine upload", " -p "),
    // Databases.
    ("mysql ", " -p"),
    ("mariadb ", " -p"),
    ("mysqldump ", " -p"),
    ("mysqladmin ", " -p"),
    ("mysqlimport ", " -p"),
    ("mongo ", " -p "),
    ("mongosh ", " -p "),
    ("mongodump ", " -p "),
    ("mongorestore ", " -p "),
    ("cqlsh ", " -p "),
    ("sqlcmd ", " -P "),
    ("bcp ", " -P "),
    ("redis-cli ", " -a "),
    // Queues.
    ("rabbitmqctl add_user ", " "),
    ("rabbitmqctl change_password ", " "),
    ("mosquitto_pub ", " -P "),
    ("mosquitto_sub ", " -P "),
    // Directories.
    ("ldapsearch ", " -w "),
    ("ldapadd ", " -w "),
    ("ldapmodify ", " -w "),
    ("ldapdelete ", " -w "),
    ("ldappasswd ", " -w "),
    ("ldapwhoami ", " -w "),
    // Windows, and who logs in to it.
    ("net user ", " "),
    ("psexec", " -p "),
    ("plink ", " -pw "),
    ("pscp ", " -pw "),
    ("rdesktop ", " -p "),
    ("xfreerdp ", " /p:"),
    ("evil-winrm ", " -p "),
    ("crackmapexec ", " -p "),
    ("netexec ", " -p "),
    // Clouds and stores of secrets.
    ("az login", " -p "),
    ("oc login", " -p "),
    ("vault login ", ""),
    ("vault operator unseal ", ""),
    // Keys and archives.
    ("openssl ", "-passin pass:"),
    ("openssl ", "-passout pass:"),
    ("openssl ", "-password pass:"),
    ("openssl ", "-pass pass:"),
    ("keytool ", "-storepass "),
    ("keytool ", "-keypass "),
    ("unzip ", " -P "),
    ("7z a", " -p"),
    ("7z x", " -p"),
    // Devices.
    ("ipmitool ", " -P "),
    ("snmpwalk ", " -c "),
    ("snmpwalk ", " -A "),
    ("snmpwalk ", " -X "),
    ("snmpget ", " -c "),
    ("snmpset ", " -c "),
    ("machine ", " password "),
];
/// What all options begin with that are more than the next word.
const NOTED: [&str; 11] =
    ["-p", " -P ", " -a ", " -w ", " -c ", " -A ", " -X ", " /p:", "-storepass ", "-keypass ", " password "];
const SPAN: usize = 160;
const LONGEST: usize = 128;
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\|;<>()");
/// What stands before options.
const APART: ByteSet = ByteSet::SPACE.with(b"(");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");

impl Detector for CommandPassword {
    fn about(&self) -> About {
        let finds = "a password on a command line or in .netrc";
        About::new("command_password", "secret.command_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "options further than 160 bytes after the command are not seen";
        Page { basis: "the command and its option before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let mut commands: Vec<_> = COMMANDS.iter().map(|(command, _)| Anchor::begin(command)).collect();
        commands.dedup();
        commands
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 16
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if probe.was(at, &ByteSet::WORD) {
            return None;
        }
        let stands = |(command, _): &&(&str, &str)| probe.looking_at_word(at, command.as_bytes());
        let (command, _) = COMMANDS.iter().find(stands)?;
        let options = COMMANDS.iter().filter(|(of, _)| of == command).map(|(_, option)| *option);
        password(probe, at + command.len(), options.collect())
    }
}

/// What ends a command at the end of a word: `;`, `&&`, `||`, `|` and `&`.
const ENDS_COMMAND: ByteSet = ByteSet::EMPTY.with(b";&|");

/// The password after one of `options`, on the same line or, in `.netrc`, on one of the next. Of each option the first place counts.
fn password(probe: &Probe<'_>, from: usize, mut options: Options) -> Option<Match> {
    let is_netrc = options.contains(&" password ");
    let mut at = first(probe, from, &options);
    // Up to where no option stands and no line ends, whichever command it is of.
    let mut is_bare = true;
    loop {
        at = probe.run(at, &APART.not(), (from + SPAN).saturating_sub(at));
        probe.begins(at);
        if at >= from + SPAN {
            return None;
        }
        let byte = probe.get(at)?;
        let ends_line = byte == b'\n' && !probe.was(at, &ByteSet::EMPTY.with(b"\\"));
        let ends_command = ends_line || probe.was(at, &ENDS_COMMAND);
        if ends_command && !is_netrc {
            return None;
        }
        let there = options.iter().filter_map(|option| Some((*option, after(probe, at, option)?)));
        let found = there.filter_map(|(option, start)| weigh(probe, start, option)).next();
        if found.is_some() || probe.ran_out() {
            return found;
        }
        options.retain(|option| after(probe, at, option).is_none());
        is_bare = is_bare && !ends_command && NOTED.iter().all(|option| after(probe, at, option).is_none());
        if is_bare {
            probe.knows(at + 1);
        }
        if options.is_empty() || probe.ran_out() {
            return None;
        }
        at += 1;
    }
}

/// Where the first option might stand: after what is known, unless the command takes a word of its own.
fn first(probe: &Probe<'_>, from: usize, options: &Options) -> usize {
    match options.first() {
        Some(&" ") => from,
        Some(&"") => from - 1,
        _ => probe.known().max(from - 1),
    }
}

/// Where the password begins, if `option` stands in the word after the space or parenthesis at `at`; a space is that at `at`.
fn after(probe: &Probe<'_>, at: usize, option: &str) -> Option<usize> {
    let option = match option.strip_prefix(' ') {
        Some(_) if probe.is(at, &ByteSet::EMPTY.with(b"(")) => return None,
        Some(rest) => rest,
        None => option,
    };
    probe.looking_at(at + 1, option.as_bytes()).then(|| probe.run(at + 1 + option.len(), &QUOTES, 1))
}

fn weigh(probe: &Probe<'_>, start: usize, option: &str) -> Option<Match> {
    // Nothing but a password stands there; after others, words are those of the command.
    let is_given =
        option == " password " || option.contains('-') || option.is_empty() && probe.was(start, &QUOTES);
    probe.begins(start);
    let end = probe.run(start, &VALUE, LONGEST);
    let value = probe.slice(start..end);
    let is_option = value.starts_with(b"-") || value.starts_with(b"/") || value.contains(&b'=');
    let least = if option == " password " { 5 } else { 4 };
    if value.len() < least || is_variable(value) || is_option || is_other(value, option) {
        return None;
    }
    let found = Match::new(start..end, 0.7).with(Evidence::CONTEXT);
    match is_mixed(value) || option != " password " && is_foreign(value) {
        true => Some(found),
        false => is_given.then(|| found.harmless()),
    }
}

/// Whether it has letters and digits, as no word has.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    let has = ByteSet::of(value);
    has.meets(ByteSet::ALPHA) && has.meets(ByteSet::DIGIT) && value.len() >= 5
}

/// Whether it is longer than most words, and no language.
pub(super) fn is_foreign(value: &[u8]) -> bool {
    value.len() >= 10 && language::surprise(value) >= 5.2
}

/// Whether what stands after `-p` is no password: ports, and, right after it, the rest of an option or of a file's name.
fn is_other(value: &[u8], option: &str) -> bool {
    const PORT: usize = "65535,".len();
    const PORTS: ByteSet = ByteSet::DIGIT.with(b":.,");
    const RESTS: [&[u8]; 6] = [b"ipe", b"ort", b"assword", b"rotocol", b"lugin", b"rint-defaults"];
    const FILES: [&[u8]; 8] = [b".7z", b".zip", b".tar", b".gz", b".xz", b".bz2", b".rar", b".sql"];
    let letters = value.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
    let is_rest = || RESTS.iter().any(|rest| value.get(..letters) == Some(*rest));
    let is_file = || FILES.iter().any(|end| value.ends_with(end));
    let is_port_option =
        || option == " -p" || option == " -p " && (value.contains(&b':') || value.len() <= PORT);
    let are_ports = || value.iter().all(|byte| PORTS.has(*byte));
    is_port_option() && are_ports() || option == " -p" && (is_rest() || is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::{Cases, Splits};
    use crate::engine::Text;

    #[test]
    fn command_password_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        let plain = ["kx72", "Hq9zz"].concat();
        let key = ["98m+o2ylRhVbOi+3", "o5ub6PbP343ocFUVORgSYeypMDjh"].concat();
        Cases::of("secret.command_password")
            .hit(&format!("sshpass -p {word} ssh joe@corp.io"), &word)
            .hit(&format!("sshpass -p'{word}' ssh joe@corp.io"), &word)
            .hit(&format!("docker login -u joe -p {word} registry.corp.io"), &word)
            .hit(&format!("mysql -h db -u root -p{plain} shop"), &plain)
            .hit(&format!("plink -ssh -pw {word} joe@10.0.0.7, bcp t out f -S db -U sa"), &word)
            .hit(&format!("bcp shop.dbo.t out t.csv -S db -U sa -P {word}"), &word)
            .hit(&format!("rabbitmqctl add_user joe {word}"), &word)
            .hit(&format!("sqlcmd -S db -U sa -P {word} -Q x"), &word)
            .hit(&format!("snmpwalk -v3 -u joe -A {word} 10.0.0.1"), &word)
            .low("mysql -uroot -popensesame shop", "opensesame")
            .hit(&format!("net user joe {word} /add"), &word)
            .hit(&format!("PsExec64.exe \\\\host -u joe -p {word} cmd"), &word)
            .hit(&format!("psExec \\\\host -u joe -p {word} cmd"), &word)
            .hit(&format!("vault operator unseal {key}"), &key)
            .miss("vault login -method=userpass2 username=joe")
            .hit(&format!("machine corp.io login joe password {word}\n"), &word)
            .hit(&format!("machine corp.io\n  login joe\n  password {word}\n"), &word)
            .low("machine corp.io login joe password letmeknow\n", "letmeknow")
            .hit(&format!("openssl rsa -in a.pem -passin pass:{word}"), &word)
            .low("openssl req -x509 -passout pass:foobar -sha256", "foobar")
            .low("keytool -genkey -storepass changeit", "changeit")
            .low("sshpass -p blah ssh joe@corp.io", "blah")
            .miss("docker login && mkdir -p data/v1, az login && mkdir -p out/v2, docker login; mkdir -p data/v1")
            .miss("docker login | tee -p data/v1, docker login || mkdir -p data/v1, sqlcmd -i a.sql & scp -P data/v1")
            .miss("machine docker login && mkdir -p data/v1")
            .miss("openssl rsa -passin env:PASS1 -in a.pem, openssl req -passout pass:$PASS")
            .miss("sshpass -p \"$PASS\" ssh joe@corp.io")
            .miss("mysql -u root -p shop")
            .miss(
                "docker run --name mongo -p 27017:27017 -d mongo:7, mongo -p 27017, mongo -p 127.0.0.1:27017",
            )
            .miss("7z a -pkg-1.2.7z src, 7z x -pkg-1.2.zip")
            .miss("mysqldump -pipe2 shop, mysqldump -port3306 shop")
            .miss("ssh -p 2222 joe@corp.io")
            .miss("the machine and its password were described")
            .miss("net user joe /delete")
            .run();
    }

    #[test]
    fn options_are_read_once_for_all_commands() {
        let known = |text: &str, known: usize| {
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let probe = Probe::new(text, 0, CommandPassword.ahead()).with_known(known);
            let found = CommandPassword.verify(&probe).map(|found| found.range);
            (probe.noted(), found)
        };
        for command in ["openssl ", "keytool ", "mysql ", "docker login "] {
            assert!(known(&command.repeat(100), 0).0 > SPAN, "{command}");
        }
        // From what is known on, and no further than to where an option stands or a line ends.
        let text = "openssl -passin pass:kx72Hq9zz";
        assert_eq!(known(text, 0), (0, Some(21..30)));
        assert_eq!(known(text, 8), (16, None));
        assert_eq!(known("openssl a -p b -w c", 0).0, 8);
        assert_eq!(known("openssl a\nb c d", 0).0, 8);
        assert_eq!(known("machine a\nb c d", 0).0, 8);
    }

    #[test]
    fn what_is_noted_is_of_all_options() {
        let is_noted =
            |option: &str| NOTED.iter().any(|begin| option.trim_start().starts_with(begin.trim_start()));
        assert!(COMMANDS.iter().all(|(_, option)| option.trim().is_empty() || is_noted(option)));
    }

    #[test]
    fn other_commands_go_on_from_what_is_known() {
        let word = ["kx72", "Hq9zz"].concat();
        let many = "openssl - ".repeat(200);
        Cases::of("secret.command_password")
            .hit(&format!("openssl rsa; docker login -u joe -p {word}"), &word)
            .hit(&format!("openssl rsa; machine a login b password {word}"), &word)
            .hit(&format!("machine a\nopenssl rsa -passin pass:{word}"), &word)
            .hit(&format!("openssl; net user joe {word}"), &word)
            .hit(&format!("openssl -passin pass:$A -passout pass:{word}"), &word)
            .hit(&format!("sshpass -p{word} ssh -p 2222 joe@corp.io"), &word)
            .miss("machine openssl\nopenssl\n-passin pass:letmeknow")
            .run();
        Cases::of("secret.command_password")
            .split(Splits::Few)
            .hit(&format!("{many}-passin pass:{word}"), &word)
            .hit(&format!("{many}keytool -keypass {word}"), &word)
            .run();
    }
}

//! A throw-away PostgreSQL: a cluster in a temporary directory, on a free loopback port, gone when we are.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{Failure, Outcome, quietly};
use crate::machine;

/// Names the server that the tests use.
const URL: &str = "RENLAYER_TEST_POSTGRES_URL";
/// Makes a test that finds no server fail rather than pass by.
const REQUIRE: &str = "RENLAYER_TEST_REQUIRE_POSTGRES";

/// A server for the tests: ours, or one that the environment named.
pub(crate) struct Postgres {
    url: String,
    _keeper: Option<Keeper>,
}

/// Stops our server when it is dropped, and also when we are killed: a shell that waits for the end of its standard
/// input, which comes with our end, however that comes.
struct Keeper(Child);

struct Cluster {
    programs: PathBuf,
    directory: PathBuf,
}

impl Postgres {
    /// Starts one, unless the environment names one already.
    pub(crate) fn start() -> Outcome<Self> {
        if let Ok(url) = std::env::var(URL) {
            return Ok(Self { url, _keeper: None });
        }
        let programs = match programs() {
            Some(programs) => programs,
            None => {
                machine::install(&["postgresql"], "PostgreSQL, for the tests of the store")?;
                programs().ok_or_else(|| {
                    Failure::new("PostgreSQL is installed, but its initdb is not to be found")
                })?
            }
        };
        let port = free_port()?;
        let cluster = Cluster { programs, directory: directory()? };
        let keeper = cluster.keeper()?;
        cluster.initialise()?;
        cluster.serve(port)?;
        println!("\nxtask: PostgreSQL on 127.0.0.1:{port}, in {}", cluster.directory.display());
        Ok(Self { url: format!("postgres://renlayer@127.0.0.1:{port}/postgres"), _keeper: Some(keeper) })
    }

    /// Tells `command` which server to use, and that it must.
    pub(crate) fn offer<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(URL, &self.url).env(REQUIRE, "1")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Cluster {
    fn initialise(&self) -> Outcome<()> {
        let data = self.data();
        let arguments =
            ["-U", "renlayer", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D", &data];
        quietly(&mut self.program("initdb", &arguments)).map(drop)
    }

    fn serve(&self, port: u16) -> Outcome<()> {
        // Nothing here outlives the run, so durability would only cost time.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=200 \
             -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            self.directory.display()
        );
        let log = self.directory.join("log").display().to_string();
        let arguments = ["-D", &self.data(), "-l", &log, "-o", &options, "-w", "start"];
        quietly(&mut self.program("pg_ctl", &arguments)).map(drop)
    }

    fn keeper(&self) -> Outcome<Keeper> {
        let stop = self.program("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' INT TERM HUP; cat >/dev/null; \"$@\"; rm -rf \"$0\""])
            .arg(&self.directory);
        shell.arg(stop.get_program()).args(stop.get_args());
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        let child =
            shell.spawn().map_err(|error| Failure::new(format!("no shell to keep PostgreSQL: {error}")))?;
        Ok(Keeper(child))
    }

    fn data(&self) -> String {
        self.directory.join("data").display().to_string()
    }

    /// One of PostgreSQL's programs. It refuses to run as root, so root lends it the `postgres` user.
    fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let path = self.programs.join(name);
        let mut command = if machine::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.args(arguments).current_dir(&self.directory);
        command
    }
}

/// Where `initdb` and `pg_ctl` are: on the path, or where Debian keeps them, the newest first.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let debian = versions.into_iter().map(|(_, path)| path);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    debian.chain(on_path).find(|path| path.join("initdb").exists() && path.join("pg_ctl").exists())
}

/// A new directory that the user of the server owns.
fn directory() -> Outcome<PathBuf> {
    let path = quietly(Command::new("mktemp").args(["-d", "-t", "renlayer-postgres-XXXXXX"]))?;
    let path = Path::new(path.trim()).to_path_buf();
    if machine::is_root() {
        quietly(Command::new("chown").arg("postgres").arg(&path))?;
    }
    Ok(path)
}

fn free_port() -> Outcome<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no loopback port for PostgreSQL: {error}")))
}

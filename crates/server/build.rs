//! Bundles the files of GraphiQL into the binary if npm is available, so that the page works without the internet.
//!
//! Without npm, or with `COUNTERMAND_GRAPHIQL=cdn`, the page loads the same files from a public CDN.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha512};

/// A package of the npm registry at a pinned version.
struct Package {
    name: &'static str,
    version: &'static str,
    /// The checksum of the archive, as `npm view NAME@VERSION dist.integrity` prints it.
    integrity: &'static str,
    files: &'static [File],
}

/// A file of a package that the page needs.
struct File {
    path: &'static str,
    /// The checksum of the file, which the browser checks if the file comes from the CDN.
    integrity: &'static str,
    content_type: &'static str,
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The packages, in the sequence in which the page loads them.
const PACKAGES: [Package; 3] = [
    Package {
        name: "react",
        version: "18.3.1",
        integrity: "sha512-wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        files: &[File {
            path: "umd/react.production.min.js",
            integrity: "sha512-QVs8Lo43F9lSuBykadDb0oSXDL/BbZ588urWVCRwSIoewQv/Ewg1f84mK3U790bZ0FfhFa1YSQUmIhG+pIRKeg==",
            content_type: JAVASCRIPT,
        }],
    },
    Package {
        name: "react-dom",
        version: "18.3.1",
        integrity: "sha512-5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        files: &[File {
            path: "umd/react-dom.production.min.js",
            integrity: "sha512-6a1107rTlA4gYpgHAqbwLAtxmWipBdJFcq8y5S/aTge3Bp+VAklABm2LO+Kg51vOWR9JMZq1Ovjl5tpluNpTeQ==",
            content_type: JAVASCRIPT,
        }],
    },
    Package {
        name: "graphiql",
        version: "3.8.2",
        integrity: "sha512-r8nJHKtafaOx/VRAAJmJCNdLfGUY1YvqSJcHTdnIoIs3ZFEYiAv1NM6zpwSo1gSVzhxGZ183++DaaVrqdfLl6A==",
        files: &[
            File {
                path: "graphiql.min.js",
                integrity: "sha512-KaZ4au7y82ADG1dbyv1/38jTiBurn6X+BY0IHJ3ARGQDj7pdk9aqd5RoCdEXEWUXj+u4FNx/9habKDQiPLMniw==",
                content_type: JAVASCRIPT,
            },
            File {
                path: "graphiql.min.css",
                integrity: "sha512-QtAPrZpMjJp07BxaOEw3s8nRQ5Odrr8P5gpIEw4C42bMt95fVkTfX4vSV24NHg06UVX9sRwPkTBOPFXDQrJg/A==",
                content_type: CSS,
            },
        ],
    },
];

/// The longest time that a build waits for npm.
const NPM_TIME_LIMIT: Duration = Duration::from_secs(90);

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=COUNTERMAND_GRAPHIQL");
    link_small();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let wants_cdn = std::env::var_os("COUNTERMAND_GRAPHIQL").is_some_and(|it| it == "cdn");
    let bundled = if wants_cdn {
        false
    } else {
        bundle(&out)
            .inspect_err(|problem| {
                println!(
                    "cargo::warning=GraphiQL is not bundled and will come from a public CDN: {problem} \
                     (COUNTERMAND_GRAPHIQL=npm tries again, COUNTERMAND_GRAPHIQL=cdn accepts it)"
                );
            })
            .is_ok()
    };
    fs::write(out.join("graphiql_assets.rs"), table(bundled)?)?;
    Ok(())
}

/// Lets the linker keep one copy of functions with the same code, and keep the places of addresses as a bit map, in
/// release builds. Together they save a tenth of the program's size.
///
/// Only LLD is asked, which the compilers of rustup bring along and use on this platform: others may not know the
/// flags.
fn link_small() {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|it| it == value);
    let chosen = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let brings_lld = || {
        let rustc = std::env::var_os("RUSTC")?;
        let sysroot = Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
        let sysroot = PathBuf::from(String::from_utf8(sysroot.stdout).ok()?.trim());
        let lld = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld/ld.lld");
        lld.exists().then_some(())
    };
    if is("TARGET", "x86_64-unknown-linux-gnu")
        && is("HOST", "x86_64-unknown-linux-gnu")
        && is("PROFILE", "release")
        && !chosen.contains("link")
        && brings_lld().is_some()
    {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        if reads_packed_addresses() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// Whether this machine's C library is glibc 2.36 or later, which reads the bit map when it loads a program.
fn reads_packed_addresses() -> bool {
    let version = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = version.ok().and_then(|it| String::from_utf8(it.stdout).ok());
    let version = version
        .as_deref()
        .and_then(|it| it.trim().strip_prefix("glibc 2."));
    let minor = version.and_then(|it| it.split('.').next()?.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= 36)
}

/// Fetches the packages, checks their files and writes them to `out`.
fn bundle(out: &Path) -> Result<(), Box<dyn Error>> {
    npm_pack(out)?;
    for package in &PACKAGES {
        let archive = fs::read(out.join(format!("{}-{}.tgz", package.name, package.version)))?;
        check(package.name, &archive, package.integrity)?;
        for file in package.files {
            let bytes = unpack(&archive, file.path)?;
            check(file.path, &bytes, file.integrity)?;
            let mut packed = GzEncoder::new(Vec::new(), Compression::best());
            packed.write_all(&bytes)?;
            fs::write(out.join(format!("{}.gz", file.name())), packed.finish()?)?;
        }
    }
    Ok(())
}

/// Lets npm fetch the archives into `out`, from its cache if possible.
fn npm_pack(out: &Path) -> Result<(), Box<dyn Error>> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut child = Command::new(npm)
        .args(["pack", "--silent", "--ignore-scripts", "--prefer-offline"])
        .args(["--fetch-retries=1", "--fetch-timeout=20000"])
        .args(PACKAGES.map(|it| format!("{}@{}", it.name, it.version)))
        .current_dir(out)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|problem| format!("npm cannot be run: {problem}"))?;
    let deadline = Instant::now() + NPM_TIME_LIMIT;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("npm pack failed, {status}").into()),
            None if Instant::now() < deadline => sleep(Duration::from_millis(50)),
            None => {
                child.kill()?;
                child.wait()?;
                return Err(format!("npm pack took longer than {} s", NPM_TIME_LIMIT.as_secs()).into());
            }
        }
    }
}

fn check(what: &str, bytes: &[u8], integrity: &str) -> Result<(), String> {
    let found = format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)));
    if found == integrity {
        Ok(())
    } else {
        Err(format!("{what} does not have the pinned checksum, but {found}"))
    }
}

/// Reads one file of a package's archive in memory, without unpacking the archive to the disk.
fn unpack(archive: &[u8], path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let wanted = Path::new("package").join(path);
    let mut entries = tar::Archive::new(GzDecoder::new(archive));
    for entry in entries.entries()? {
        let mut entry = entry?;
        if entry.path()? == wanted {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    Err(format!("{path} is not in its package").into())
}

/// The Rust source code that `src/graphiql.rs` includes.
fn table(bundled: bool) -> Result<String, std::fmt::Error> {
    let mut source = String::new();
    writeln!(source, "const BUNDLED: bool = {bundled};")?;
    writeln!(source, "const FILES: &[File] = &[")?;
    for package in &PACKAGES {
        for file in package.files {
            let name = file.name();
            let bytes = if bundled {
                format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\"))")
            } else {
                "&[]".into()
            };
            let url = format!(
                "https://cdn.jsdelivr.net/npm/{}@{}/{}",
                package.name, package.version, file.path
            );
            writeln!(
                source,
                "    File {{ name: {name:?}, url: {url:?}, integrity: {:?}, content_type: {:?}, packed: {bytes} }},",
                file.integrity, file.content_type
            )?;
        }
    }
    writeln!(source, "];")?;
    Ok(source)
}

impl File {
    /// The name of the file: the last part of its path.
    fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

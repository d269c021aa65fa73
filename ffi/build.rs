//! Gives the shared library the SONAME of its binary interface, so that the loader finds the one that
//! a host was linked against beside later ones.

// Cargo is told by standard output.
#![allow(clippy::print_stdout)]
// Cargo says by the environment what is built.
#![allow(clippy::disallowed_methods)]

use std::error::Error;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    const SOURCE: &str = "src/version.rs";
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let source = fs::read_to_string(SOURCE)?;
    let version = source
        .split("FJ_ABI_VERSION: u32 = ")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .ok_or("src/version.rs does not say FJ_ABI_VERSION")?;
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libfloorjobs.so.{version}");
    }
    Ok(())
}

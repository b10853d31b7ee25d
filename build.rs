//! Tells the crate which PHP it is built against.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}

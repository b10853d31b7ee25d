//! The `trove` command.
fn main() {
    println!("trove {}", env!("CARGO_PKG_VERSION"));
}

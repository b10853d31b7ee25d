//! Coverage-guided: an input is a list of words to overwrite in a segment's file (`shm/tests/common/hostile.rs`), the first byte says how it is
//! opened: one in sixteen as PHP does, which may replace it, the others by attaching through a mapping that stays. Started by php-tests/runner/fuzz.sh.
#![no_main]
#![allow(dead_code, reason = "the tests' helpers hold more than is used here")]

#[path = "../../tests/common/dir.rs"]
mod dir;
#[path = "../../tests/common/fork.rs"]
mod fork;
#[path = "../../tests/common/hostile.rs"]
mod hostile;
#[path = "../../tests/common/image.rs"]
mod image;

use std::cell::RefCell;

use hostile::{Hostile, MUTATION, Mutation};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static HOSTILE: RefCell<Hostile> = RefCell::new(Hostile::new());
}

fuzz_target!(|input: &[u8]| {
    let Some((&how, rest)) = input.split_first() else { return };
    let mutations: Vec<Mutation> = rest.chunks_exact(MUTATION).map(Mutation::of).collect();
    HOSTILE.with_borrow_mut(|hostile| hostile.run(&mutations, how >= 0xf0));
});

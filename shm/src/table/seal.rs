//! Comparing an entry and replacing it, while others change integers in place without a lock.
//!
//! The comparison and the replacement are two steps under the stripe's lock; a change in place between them would be lost although it was told to
//! have happened. So the comparison itself ends all changes: it is a compare-and-swap of the word from the value expected to [`Entry::SEALED`], on
//! which every change gives up and asks for the lock. Before it there was the value, and all changes that had made it; after it there are none.
//!
//! | `Stripe::sealed` is | word of the entry | meaning | what comes next |
//! |---|---|---|---|
//! | another, or none | a number | anybody changes it in place | under the lock: the entry is noted |
//! | the entry | a number | about to be compared | under the lock: CAS to `SEALED`; where it fails, the note is taken back |
//! | the entry | `SEALED` | its value is `Stripe::sealed_value` | under the lock: the entry leaves its chain, or gets its word back; then the note is taken back |
//! | another, or none | `SEALED`, not linked | it was replaced | who stands on it looks the key up again |
//! | another, or none | `SEALED`, linked | that very number | changed under the lock alone, as is what would become that number |
//!
//! Where the owner of the lock dies, the next one gives the word back if the entry is still linked, before anything else ([`mend_locked`]).

use super::chain;
use super::entry::View;
use super::stripe_of;
use crate::error::Result;
use crate::layout::{Entry, Stripe};
use crate::offset::Off;
use crate::segment::Segment;
use crate::sync::locker::Locked;
use crate::word::Ordering::{Acquire, Relaxed, Release, SeqCst};

/// A linked entry that has the value expected, and keeps it while this lives: the stripe's lock is held, and the word of an integer is sealed.
#[derive(Debug)]
pub struct Seal<'s> {
    /// None where nobody changes the word without the lock.
    sealed: Option<(&'s Stripe, &'s Entry, u64)>,
}

impl<'s> Seal<'s> {
    /// Seals an entry that the stripe's lock keeps linked; none where its word is not `word`.
    ///
    /// # Errors
    /// [`crate::error::Error::Corrupt`]; so for [`mend_locked`].
    pub fn put_locked(segment: &'s Segment, held: &Locked<'_>, view: &View<'s>, word: u64) -> Result<Option<Self>> {
        let entry = view.entry();
        if view.shape() & Entry::INTEGER == 0 || word == Entry::SEALED {
            return Ok((entry.value.load(Acquire) == word).then_some(Self { sealed: None }));
        }
        let stripe = segment.stripe(stripe_of(held)?);
        let is_same = stripe.seal(view.off(), entry, word);
        Ok(is_same.then(|| Self { sealed: Some((stripe, entry, word)) }))
    }

    /// The entry is linked no more: it stays sealed.
    pub fn keep(mut self) {
        if let Some((stripe, ..)) = self.sealed.take() {
            stripe.sealed.store(None, Release);
        }
    }
}

impl Drop for Seal<'_> {
    fn drop(&mut self) {
        if let Some((stripe, entry, word)) = self.sealed.take() {
            entry.value.store(word, Release);
            stripe.sealed.store(None, Release);
        }
    }
}

impl Stripe {
    /// Notes the entry and seals it, where its word is still `word`.
    fn seal(&self, off: Off<Entry>, entry: &Entry, word: u64) -> bool {
        self.seals.bump_owned(1);
        self.sealed_value.store(word, Release);
        self.sealed.store(Some(off), Release);
        let is_same = entry.value.compare_exchange(word, Entry::SEALED, SeqCst, Relaxed).is_ok();
        if !is_same {
            self.sealed.store(None, Release);
        }
        is_same
    }

    /// The value of an entry whose word was seen to be sealed; none where that is over, or it is no seal.
    #[must_use]
    pub fn value_of(&self, off: Off<Entry>) -> Option<u64> {
        let seals = self.seals.load(Acquire);
        if self.sealed.load(Acquire) != Some(off) {
            return None;
        }
        let value = self.sealed_value.load(Acquire);
        // Where no other was sealed meanwhile, the value is this one's.
        (self.seals.load(Acquire) == seals).then_some(value)
    }
}

/// Gives its word back to what the last owner of the stripe's lock has sealed, if it is still linked: he has died.
pub fn mend_locked(segment: &Segment, held: &Locked<'_>) -> Result<()> {
    let index = stripe_of(held)?;
    let stripe = segment.stripe(index);
    let Some(off) = stripe.sealed.load(Acquire) else { return Ok(()) };
    if let Some(view) = chain::find_noted_locked(segment, held, off.cast())?.and_then(|spot| spot.entry) {
        let value = stripe.sealed_value.load(Acquire);
        // Where it fails, he has not come to seal it.
        let _ = view.entry().value.compare_exchange(Entry::SEALED, value, SeqCst, Relaxed);
    }
    stripe.sealed.store(None, Release);
    Ok(())
}

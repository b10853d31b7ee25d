//! Numbers found by a 64-bit key - an address, a hash - in the engine's memory: a bailout loses nothing.

use crate::zend::scratch::Scratch;

/// So many are looked through one by one.
const FEW: usize = 8;

/// A row of pairs while they are few; then an open-addressing table, never more than three quarters full.
pub struct Numbers {
    /// Key and number; in a table, the key 0 is vacant.
    slots: Scratch<(u64, u32)>,
    len: usize,
}

impl Numbers {
    /// An empty one. Allocates nothing.
    pub const fn new() -> Self {
        Self { slots: Scratch::new(), len: 0 }
    }

    /// The number of a key, not 0.
    #[inline]
    pub fn find(&self, key: u64) -> Option<u32> {
        let slots = self.slots.as_slice();
        if slots.len() <= FEW {
            return slots.iter().find(|(known, _)| *known == key).map(|(_, number)| *number);
        }
        match slots.get(Self::slot(slots, key))? {
            (0, _) => None,
            (_, number) => Some(*number),
        }
    }

    /// Sets the number of a key, not 0. May leave by a bailout.
    pub fn set(&mut self, key: u64, number: u32) {
        let slots = self.slots.as_mut_slice();
        if slots.len() <= FEW {
            if let Some((_, known)) = slots.iter_mut().find(|(known, _)| *known == key) {
                *known = number;
                return;
            }
            if slots.len() < FEW {
                self.slots.push((key, number));
                self.len += 1;
                return;
            }
        }
        if self.len * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let slot = Self::slot(self.slots.as_slice(), key);
        let slot = &mut self.slots.as_mut_slice()[slot];
        self.len += usize::from(slot.0 == 0);
        *slot = (key, number);
    }

    /// Where the key is, or would be.
    #[inline]
    fn slot(slots: &[(u64, u32)], key: u64) -> usize {
        let mask = slots.len().wrapping_sub(1);
        let mut slot = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while slots.get(slot).is_some_and(|&(known, _)| known != 0 && known != key) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        let old = core::mem::replace(&mut self.slots, Scratch::filled((0, 0), size));
        for &(key, number) in old.as_slice().iter().filter(|(key, _)| *key != 0) {
            let slot = Self::slot(self.slots.as_slice(), key);
            self.slots.as_mut_slice()[slot] = (key, number);
        }
    }
}

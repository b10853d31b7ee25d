//! UNSAFE: recipes that this request has followed, made ready to be followed again: no class is looked up any more, and no property.
//!
//! A plan is a row of steps, one for each object, list and case, in the order of the recipe. The properties of an object and the elements of a list
//! are ready as words; those that are made by a later step are null in them. So what is made is a proper value after each step.
//!
//! Contract: a plan is found by the address of its payload, which no other payload can have before [`forget`], since the request keeps it. Until
//! then the classes of the request stay, and its enums' cases. No PHP code runs in here before the value is complete: then its `__wakeup()`s do.
//! Making things may leave by a bailout: nothing here is borrowed across a call of the engine that could come back here, and what is made is the
//! engine's.
#![expect(unsafe_code, reason = "PHP's values are made by pointer")]

mod maker;

use core::cell::UnsafeCell;
use core::mem::offset_of;
use core::ptr;

use ext_php_rs::ffi::{
    _zend_new_array, _zend_property_info, IS_ARRAY_EX, IS_NULL, IS_OBJECT_EX, object_init_ex, zend_class_entry,
    zend_function, zend_hash_real_init_packed, zend_object, zend_objects_new,
};
use ext_php_rs::types::Zval;

pub use self::maker::Maker;
use super::build::{Built, verify};
use super::local::per_thread;
use super::prototype;
use super::resolve::Classes;
use super::scratch::{Few, Scratch};
use super::sys;
use super::wakeup::{self, Hooks};
use crate::codec::Unreadable;

/// Plans that are noted at once, a power of two.
const PLACES: usize = 256;
/// Classes whose defaults are noted at once, a power of two.
const CLASSES: usize = 16;
/// Steps of all plans of a request, and words of theirs.
const MOST_STEPS: usize = 1 << 14;
const MOST_CELLS: usize = 1 << 15;
/// Steps of a plan for which no memory is asked for.
const FEW: usize = 16;
/// [`Note::first`] of a payload whose value was made once, and of one that can have no plan.
const SEEN: u32 = u32::MAX;
const NEVER: u32 = u32::MAX - 1;
/// In place of a default's tag where references to it are counted: most are replaced.
const COUNTED: u64 = 0xff;
/// What a `__wakeup()` gets.
const NO_ARGUMENT: [u64; 2] = [0; 2];
/// [`Step::into`] of the value itself.
const ROOT: u32 = u32::MAX;
/// Bytes of an object before its properties.
const PROPERTIES: usize = offset_of!(zend_object, properties_table);

/// Follows the plan of the payload at `address`, which stays there until the end of the request. None where there is no plan.
#[inline]
pub fn follow(address: u64, out: &mut Zval) -> Option<Result<(), Unreadable>> {
    PLANS.with(|plans| {
        // SAFETY: the module's contract.
        let note = unsafe { (*plans.0.get()).notes[place(address)] };
        if note.payload == address && note.steps != 0 { plans.run(note, out) } else { None }
    })
}

/// Notes that the value of a payload that stays at `address` is made. When it is to be made for the second time, its plan is: [`follow`] finds it
/// then. Most values are wanted once, and to make a plan takes half as long as to make the value.
///
/// `steps` tells the steps of its recipe, whose nodes are those of `classes`; none where it can not, or is told that there can be no plan. `built` is
/// the value, where it was made just now and no PHP code has run since the making began: what has hooks is taken from there.
pub fn make(address: u64, classes: &Classes, built: Option<&Built>, steps: impl FnOnce(&mut Maker<'_>) -> Option<()>) {
    PLANS.with(|plans| {
        // SAFETY: the module's contract: nothing that is called meanwhile comes back here. A bailout leaves steps that no note knows.
        let plans = unsafe { &mut *plans.0.get() };
        plans.are_any = true;
        let note = &mut plans.notes[place(address)];
        if note.payload != address {
            *note = Note::without_plan(address, SEEN);
            return;
        }
        if note.first != SEEN {
            return;
        }
        let (first, cells, hooks) = (plans.steps.len(), plans.cells.len(), plans.hooks.len());
        let mut maker =
            Maker { plans, classes, built, first, first_cell: cells, open: Few::new(), objects: Few::new() };
        let done = steps(&mut maker).is_some() && maker.is_complete();
        let note = if done {
            let hooks = (hooks as u32, (maker.plans.hooks.len() - hooks) as u32);
            Note { payload: address, first: first as u32, steps: maker.steps(), hooks }
        } else {
            maker.plans.steps.truncate(first);
            maker.plans.cells.truncate(cells);
            maker.plans.hooks.truncate(hooks);
            Note::without_plan(address, NEVER)
        };
        maker.plans.notes[place(address)] = note;
    });
}

/// Forgets all plans of this thread, and releases the prototypes that they copy: there are none from now on, until [`forget`]. For the end of a
/// request, when objects can still be freed.
pub fn release() {
    forget_plans();
    prototype::release();
}

/// Forgets all plans of this thread.
pub fn forget() {
    forget_plans();
    prototype::forget();
}

fn forget_plans() {
    PLANS.with(|plans| {
        // SAFETY: the module's contract.
        let plans = unsafe { &mut *plans.0.get() };
        if plans.are_any {
            plans.are_any = false;
            plans.steps.clear();
            plans.cells.clear();
            plans.hooks.clear();
            plans.defaults.clear();
            plans.notes = [Note::NONE; PLACES];
            plans.classes = [Class::NONE; CLASSES];
        }
    });
}

struct Plans {
    notes: [Note; PLACES],
    /// Whether there may be anything in here.
    are_any: bool,
    steps: Vec<Step>,
    /// Words of zvals, the upper half of the second being what the engine notes of a property.
    cells: Vec<[u64; 2]>,
    /// Steps whose objects have a hook, in the order in which they are complete, what it is, and the words of what it gets.
    hooks: Vec<(u32, *mut zend_function, [u64; 2])>,
    /// Those of new objects of the classes that were met.
    defaults: Vec<[u64; 2]>,
    /// Where there, by the classes' addresses.
    classes: [Class; CLASSES],
}

/// A class that was met, its first default and how many it has.
#[derive(Clone, Copy)]
struct Class {
    class: *mut zend_class_entry,
    first: u32,
    count: u32,
}

struct Shared(UnsafeCell<Plans>);

per_thread! {
    static PLANS: Shared = Shared(UnsafeCell::new(Plans::new()));
}

/// Where the plan of a payload is; no steps where it was [`SEEN`] once, or can have none.
#[derive(Clone, Copy)]
struct Note {
    payload: u64,
    first: u32,
    steps: u32,
    /// The hooks to be called at the end: the first one, and how many.
    hooks: (u32, u32),
}

impl Note {
    const NONE: Self = Self::without_plan(0, NEVER);

    const fn without_plan(payload: u64, first: u32) -> Self {
        Self { payload, first, steps: 0, hooks: (0, 0) }
    }
}

impl Class {
    const NONE: Self = Self { class: ptr::null_mut(), first: 0, count: 0 };
}

impl Plans {
    const fn new() -> Self {
        Self {
            notes: [Note::NONE; PLACES],
            are_any: false,
            steps: Vec::new(),
            cells: Vec::new(),
            hooks: Vec::new(),
            defaults: Vec::new(),
            classes: [Class::NONE; CLASSES],
        }
    }
}

/// A thing to be made.
#[derive(Clone, Copy)]
struct Step {
    what: What,
    /// The step whose cell it goes to, and which one; or [`ROOT`].
    into: u32,
    slot: u32,
    /// The declaration that it must agree with.
    typed: *mut _zend_property_info,
}

#[derive(Clone, Copy)]
enum What {
    /// An object; its cells from the first one on, as many as it has properties.
    Object { class: *mut zend_class_entry, cells: u32, count: u32, wakes: bool },
    /// An array; its cells likewise.
    List { cells: u32, count: u32 },
    /// An object that its `__unserialize()` makes.
    Hooked(*mut zend_class_entry),
    /// A copy of a prototype.
    Copy(*mut zend_object),
    /// The case of an enum.
    Case(*mut zend_object),
    /// The object of that step once more.
    Again(u32),
}

#[inline]
fn place(address: u64) -> usize {
    (address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACES.ilog2())) as usize
}

impl Shared {
    /// Follows a plan. The value is null where it fails. None, and no plan any more, where something does not agree with a declaration: of several such
    /// things `unserialize()` names the one that is complete first, as the builder does.
    fn run(&self, note: Note, out: &mut Zval) -> Option<Result<(), Unreadable>> {
        out.u1.type_info = IS_NULL;
        // Where the cells of each step's thing are.
        let (mut few, mut many);
        let made = if note.steps as usize <= FEW {
            few = [ptr::null_mut::<Zval>(); FEW];
            &mut few[..]
        } else {
            many = Scratch::filled(ptr::null_mut(), note.steps as usize);
            many.as_mut_slice()
        };
        for index in 0..note.steps {
            // SAFETY: a note knows its steps, whose cells are there as well; `into` names a step before this one, and `slot` one of its cells. A
            // step is copied, and cells are copied before anything else is called.
            unsafe {
                let plans = &*self.0.get();
                let step = plans.steps[(note.first + index) as usize];
                let at = match step.into {
                    ROOT => ptr::from_mut(out),
                    into => made[into as usize].add(step.slot as usize),
                };
                match step.what {
                    What::Object { class, cells, count, wakes } => {
                        let object = zend_objects_new(class);
                        if wakes {
                            wakeup::put_off(object);
                        }
                        let properties = object.byte_add(PROPERTIES).cast::<Zval>();
                        plans.copy(cells, count, properties);
                        made[index as usize] = properties;
                        put_object(at, object);
                    }
                    What::List { cells, count } => {
                        let array = _zend_new_array(count);
                        zend_hash_real_init_packed(array);
                        let elements = (*array).__bindgen_anon_1.arPacked;
                        plans.copy(cells, count, elements);
                        ((*array).nNumUsed, (*array).nNumOfElements) = (count, count);
                        (*array).nNextFreeElement = count.into();
                        made[index as usize] = elements;
                        (*at).value.arr = array;
                        (*at).u1.type_info = IS_ARRAY_EX;
                    }
                    What::Hooked(class) => {
                        if object_init_ex(at, class) != 0 {
                            *out = Zval::new();
                            return Some(Err(Unreadable));
                        }
                        let object = (*at).value.obj;
                        wakeup::put_off(object);
                        made[index as usize] = object.byte_add(PROPERTIES).cast();
                    }
                    What::Copy(prototype) => {
                        let object = prototype::copy(prototype);
                        made[index as usize] = object.byte_add(PROPERTIES).cast();
                        put_object(at, object);
                    }
                    What::Case(object) => {
                        (*object).gc.refcount += 1;
                        put_object(at, object);
                    }
                    What::Again(step) => {
                        let object = made[step as usize].byte_sub(PROPERTIES).cast::<zend_object>();
                        (*object).gc.refcount += 1;
                        put_object(at, object);
                    }
                }
                if verify_untold(&mut *at, &step).is_err() {
                    self.give_up(note, &made[..index as usize], out);
                    return None;
                }
            }
        }
        if note.hooks.1 == 0 {
            return Some(Ok(()));
        }
        let mut hooks = Hooks::new();
        for index in note.hooks.0..note.hooks.0 + note.hooks.1 {
            // SAFETY: a note knows its hooks, each of the step of an object.
            unsafe {
                let (step, function, argument) = (&(*self.0.get()).hooks)[index as usize];
                let object = made[step as usize].byte_sub(PROPERTIES).cast();
                if argument == NO_ARGUMENT {
                    hooks.push(object, function);
                } else {
                    hooks.push_with_image(object, function, argument);
                }
            }
        }
        Some(hooks.call(out))
    }

    /// Releases what is made so far, of which no script is told, and the exception.
    ///
    /// # Safety
    /// `made` is that of the plan's steps which were followed.
    #[cold]
    unsafe fn give_up(&self, note: Note, made: &[*mut Zval], out: &mut Zval) {
        // SAFETY: the caller's promise; nothing is borrowed when the value is released.
        unsafe {
            for (index, &properties) in made.iter().enumerate() {
                let what = (&(*self.0.get()).steps)[note.first as usize + index].what;
                if matches!(what, What::Object { .. } | What::Hooked(_) | What::Copy(_)) {
                    wakeup::put_off(properties.byte_sub(PROPERTIES).cast());
                }
            }
            (&mut (*self.0.get()).notes)[place(note.payload)] = Note::without_plan(note.payload, NEVER);
            *out = Zval::new();
            sys::zend_clear_exception();
        }
    }
}

/// As [`verify`]; where a new object is refused, no script is told of its end.
///
/// # Safety
/// What that step has made.
#[inline]
unsafe fn verify_untold(at: &mut Zval, step: &Step) -> Result<(), Unreadable> {
    if step.typed.is_null() {
        return Ok(());
    }
    let (What::Object { wakes: false, .. } | What::Copy(_)) = step.what else { return verify(at, step.typed) };
    // SAFETY: the caller's promise: a new object, which is where it was if it is not refused: nothing is coerced but integers.
    unsafe {
        let object = at.value.obj;
        wakeup::put_off(object);
        verify(at, step.typed)?;
        wakeup::put_on(object);
    }
    Ok(())
}

/// # Safety
/// A place that holds null, and an object that has a reference for it.
#[inline]
unsafe fn put_object(at: *mut Zval, object: *mut zend_object) {
    // SAFETY: the caller's promise.
    unsafe {
        (*at).value.obj = object;
        (*at).u1.type_info = IS_OBJECT_EX;
    }
}

impl Plans {
    /// # Safety
    /// There are so many cells from `first` on, and as many places.
    #[inline]
    unsafe fn copy(&self, first: u32, count: u32, to: *mut Zval) {
        // SAFETY: the caller's promise.
        unsafe { ptr::copy_nonoverlapping(self.cells.as_ptr().add(first as usize), to.cast(), count as usize) };
    }
}

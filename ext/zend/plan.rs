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

use core::cell::UnsafeCell;
use core::mem::offset_of;
use core::ptr;

use ext_php_rs::ffi::{
    _zend_new_array, _zend_property_info, IS_ARRAY_EX, IS_NULL, IS_OBJECT_EX, object_properties_init, zend_class_entry,
    zend_function, zend_hash_real_init_packed, zend_object, zend_objects_new,
};
use ext_php_rs::types::Zval;

use super::build::verify;
use super::image::Cell;
use super::local::per_thread;
use super::resolve::{Classes, Node, Slot};
use super::scratch::{Few, Scratch};
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
        (note.payload == address && note.steps != 0).then(|| plans.run(note, out))
    })
}

/// Notes that the value of a payload that stays at `address` is made. When it is to be made for the second time, its plan is: [`follow`] finds it
/// then. Most values are wanted once, and to make a plan takes half as long as to make the value.
///
/// `steps` tells the steps of its recipe, whose nodes are those of `classes`; none where it can not, or is told that there can be no plan.
pub fn make(address: u64, classes: &Classes, steps: impl FnOnce(&mut Maker<'_>) -> Option<()>) {
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
        let mut maker = Maker { plans, classes, first, first_cell: cells, open: Few::new(), objects: Few::new() };
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

/// Forgets all plans of this thread.
pub fn forget() {
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
    /// Steps whose objects have a `__wakeup()`, in the order in which they are complete, and what it is.
    hooks: Vec<(u32, *mut zend_function)>,
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
    /// Follows a plan. The value is null where it fails.
    fn run(&self, note: Note, out: &mut Zval) -> Result<(), Unreadable> {
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
                if verify(&mut *at, step.typed).is_err() {
                    *out = Zval::new();
                    return Err(Unreadable);
                }
            }
        }
        if note.hooks.1 == 0 {
            return Ok(());
        }
        let mut hooks = Hooks::new();
        for index in note.hooks.0..note.hooks.0 + note.hooks.1 {
            // SAFETY: a note knows its hooks, each of the step of an object.
            unsafe {
                let (step, function) = (&(*self.0.get()).hooks)[index as usize];
                hooks.push(made[step as usize].byte_sub(PROPERTIES).cast(), function);
            }
        }
        hooks.call(out)
    }
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

/// Makes one plan. Each method is a step of the recipe, and gives none where the plan does not take it: then there is none.
pub struct Maker<'p> {
    plans: &'p mut Plans,
    classes: &'p Classes,
    first: usize,
    first_cell: usize,
    open: Few<Open, 8>,
    /// The steps of the objects, in their order.
    objects: Few<u32, 8>,
}

/// An object or list that wants `left` more values.
#[derive(Clone, Copy)]
struct Open {
    /// Its step.
    step: u32,
    /// The first of its cells.
    cells: u32,
    /// The next property's slot among those of the classes, or the next element.
    next: u32,
    left: u32,
    is_object: bool,
    /// What is to be called when it is complete.
    wakeup: *mut zend_function,
}

/// Where a value goes.
struct Target {
    /// The step, its cell, and which one of all cells that is; none is the value itself.
    into: Option<(u32, u32, usize)>,
    typed: *mut _zend_property_info,
}

impl Maker<'_> {
    /// A scalar or an image.
    pub fn leaf(&mut self, cell: Cell) -> Option<()> {
        let target = self.target()?;
        let (value, tag) = cell.words();
        // SAFETY: the declaration of a property of a class of this request.
        let fits = target.typed.is_null() || unsafe { (*target.typed).type_.type_mask } & 1 << tag != 0;
        // What is to be coerced or refused is the builder's business.
        self.put(target.into.filter(|_| fits)?.2, value, tag)
    }

    /// A new object of this node, whose properties follow.
    pub fn object(&mut self, node: u32) -> Option<()> {
        let target = self.target()?;
        let Node::Class { class, wakeup, first, count } = self.classes.node(node)? else { return None };
        let (cells, properties) = self.defaults(class)?;
        self.objects.push(self.steps());
        self.open.push(Open { step: self.steps(), cells, next: first, left: count, is_object: true, wakeup });
        self.step(&target, What::Object { class, cells, count: properties, wakes: !wakeup.is_null() })
    }

    /// A new list of so many elements, which follow.
    pub fn list(&mut self, count: u32) -> Option<()> {
        let target = self.target()?;
        let cells = self.cells(count as usize, [0, IS_NULL.into()])?;
        self.open.push(Open {
            step: self.steps(),
            cells,
            next: 0,
            left: count,
            is_object: false,
            wakeup: ptr::null_mut(),
        });
        self.step(&target, What::List { cells, count })
    }

    /// The case of this node.
    pub fn case(&mut self, node: u32) -> Option<()> {
        let target = self.target()?;
        let Node::Case(case) = self.classes.node(node)? else { return None };
        self.step(&target, What::Case(case))
    }

    /// The object with this number once more.
    pub fn again(&mut self, number: u32) -> Option<()> {
        let target = self.target()?;
        let step = *self.objects.as_slice().get(number as usize)?;
        self.step(&target, What::Again(step))
    }

    /// Whether nothing is missing, and no default is left of which there are references to be counted.
    fn is_complete(&mut self) -> bool {
        self.close();
        let cells = &self.plans.cells[self.first_cell..];
        self.open.as_slice().is_empty()
            && self.steps() > 0
            && cells.iter().all(|words| words[1] as u32 != COUNTED as u32)
    }

    /// Number of steps until now, which is the number of the next one.
    fn steps(&self) -> u32 {
        (self.plans.steps.len() - self.first) as u32
    }

    fn close(&mut self) {
        while let Some(&Open { left: 0, step, wakeup, .. }) = self.open.as_slice().last() {
            if !wakeup.is_null() {
                self.plans.hooks.push((step, wakeup));
            }
            self.open.pop();
        }
    }

    /// Where the next value goes.
    fn target(&mut self) -> Option<Target> {
        self.close();
        let Some(open) = self.open.as_mut_slice().last_mut() else {
            // A second value would have no place.
            return (self.steps() == 0).then_some(Target { into: None, typed: ptr::null_mut() });
        };
        let (index, step, cells, is_object) = (open.next, open.step, open.cells, open.is_object);
        (open.next, open.left) = (open.next + 1, open.left - 1);
        let (slot, typed) = if is_object {
            let Slot { offset, typed, .. } = self.classes.slot(index)?;
            // Dynamic properties have no slots.
            ((offset as usize).checked_sub(PROPERTIES)? / size_of::<Zval>(), typed)
        } else {
            (index as usize, ptr::null_mut())
        };
        Some(Target { into: Some((step, slot as u32, cells as usize + slot)), typed })
    }

    fn step(&mut self, target: &Target, what: What) -> Option<()> {
        let (into, slot) = target.into.map_or((ROOT, 0), |(step, slot, _)| (step, slot));
        if let Some((_, _, at)) = target.into {
            self.put(at, 0, IS_NULL)?;
        }
        self.plans.steps.push(Step { what, into, slot, typed: target.typed });
        (self.plans.steps.len() < MOST_STEPS).then_some(())
    }

    /// Sets a cell, but for what the engine notes of a property.
    fn put(&mut self, at: usize, value: u64, tag: u32) -> Option<()> {
        let words = self.plans.cells.get_mut(at)?;
        *words = [value, words[1] >> 32 << 32 | u64::from(tag)];
        Some(())
    }

    /// So many more cells: the first one.
    fn cells(&mut self, count: usize, words: [u64; 2]) -> Option<u32> {
        let first = self.plans.cells.len();
        if count > MOST_CELLS - first {
            return None;
        }
        self.plans.cells.resize(first + count, words);
        Some(first as u32)
    }

    /// The cells of a new object of a class, and their number.
    fn defaults(&mut self, class: *mut zend_class_entry) -> Option<(u32, u32)> {
        let known = class as usize / 64 % CLASSES;
        let mut found = self.plans.classes[known];
        if found.class != class {
            found = self.read_defaults(class)?;
            self.plans.classes[known] = found;
        }
        let first = self.cells(found.count as usize, [0, 0])?;
        let (from, count) = (found.first as usize, found.count as usize);
        let defaults = self.plans.defaults.get(from..from + count)?;
        self.plans.cells[first as usize..].copy_from_slice(defaults);
        Some((first, found.count))
    }

    /// Reads what a new object of a class has in its properties.
    fn read_defaults(&mut self, class: *mut zend_class_entry) -> Option<Class> {
        // SAFETY: a class of this request.
        let count = unsafe { (*class).default_properties_count } as usize;
        let first = self.plans.defaults.len();
        if first + count > MOST_CELLS {
            return None;
        }
        let mut object = Scratch::filled([0_u64; 2], PROPERTIES.div_ceil(size_of::<Zval>()) + count);
        // SAFETY: room for the header and the properties of an object of the class, all zero; the call writes its properties alone. They are taken
        // over, or dropped.
        unsafe {
            let object = object.as_mut_slice().as_mut_ptr().cast::<zend_object>();
            object_properties_init(object, class);
            let properties = object.byte_add(PROPERTIES).cast::<Zval>();
            for index in 0..count {
                let property = properties.add(index);
                let [value, tag] = property.cast::<[u64; 2]>().read();
                if (*property).u1.v.type_flags != 0 {
                    drop(property.read());
                    self.plans.defaults.push([0, tag >> 32 << 32 | COUNTED]);
                } else {
                    self.plans.defaults.push([value, tag]);
                }
            }
        }
        Some(Class { class, first: first as u32, count: count as u32 })
    }
}

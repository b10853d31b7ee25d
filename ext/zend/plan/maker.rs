//! UNSAFE: makes a plan of a recipe's steps.
//!
//! Contract: that of [`super`].
#![expect(unsafe_code, reason = "classes are reached by pointer")]

use core::ptr;

use ext_php_rs::ffi::{
    _zend_property_info, IS_NULL, object_properties_init, zend_class_entry, zend_function, zend_object,
};
use ext_php_rs::types::Zval;

use super::{CLASSES, COUNTED, Class, MOST_CELLS, MOST_STEPS, NO_ARGUMENT, PROPERTIES, Plans, ROOT, Step, What};
use crate::zend::build::Built;
use crate::zend::image::Cell;
use crate::zend::prototype;
use crate::zend::resolve::{Classes, Node, Slot};
use crate::zend::scratch::{Few, Scratch};

/// Makes one plan. Each method is a step of the recipe, and gives none where the plan does not take it: then there is none.
pub struct Maker<'p> {
    pub(super) plans: &'p mut Plans,
    pub(super) classes: &'p Classes,
    /// The value that was made, where that was before.
    pub(super) built: Option<&'p Built>,
    pub(super) first: usize,
    pub(super) first_cell: usize,
    pub(super) open: Few<Open, 8>,
    /// The steps of the objects, in their order.
    pub(super) objects: Few<u32, 8>,
}

/// An object or list that wants `left` more values.
#[derive(Clone, Copy)]
pub(super) struct Open {
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

    /// A new object of this node, whose `__unserialize()` gets that array; or, where one was made, a copy of that.
    pub fn hooked(&mut self, node: u32, argument: Cell) -> Option<()> {
        let target = self.target()?;
        let Node::Hooked { class, hook } = self.classes.node(node)? else { return None };
        let what = match self.built {
            Some(built) => {
                let number = self.objects.as_slice().len() as u32;
                // SAFETY: it was made just now, and no PHP code has run since it was.
                What::Copy(unsafe { prototype::keep(built.object(number)?) }?)
            }
            None => {
                let (address, tag) = argument.words();
                self.plans.hooks.push((self.steps(), hook, [address, tag.into()]));
                What::Hooked(class)
            }
        };
        self.objects.push(self.steps());
        self.step(&target, what)
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
    pub(super) fn is_complete(&mut self) -> bool {
        self.close();
        let cells = &self.plans.cells[self.first_cell..];
        self.open.as_slice().is_empty()
            && self.steps() > 0
            && cells.iter().all(|words| words[1] as u32 != COUNTED as u32)
    }

    /// Number of steps until now, which is the number of the next one.
    pub(super) fn steps(&self) -> u32 {
        (self.plans.steps.len() - self.first) as u32
    }

    fn close(&mut self) {
        while let Some(&Open { left: 0, step, wakeup, .. }) = self.open.as_slice().last() {
            if !wakeup.is_null() {
                self.plans.hooks.push((step, wakeup, NO_ARGUMENT));
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

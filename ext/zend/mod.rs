//! The face of the Zend engine: what the rest of the extension may do with PHP's values. Only modules in here are unsafe; each states the
//! contract that its blocks rest on.

pub mod args;
pub mod build;
pub mod call;
pub mod callable;
pub mod class;
pub mod date;
pub mod declare;
pub mod elements;
pub mod enums;
pub mod files;
pub mod function;
pub mod guard;
pub mod image;
pub mod info;
pub mod ini;
pub mod local;
pub mod make;
pub mod module;
pub mod object;
pub mod output;
pub mod parse;
pub mod plan;
pub mod record;
pub mod regex;
pub mod report;
pub mod resolve;
pub mod scratch;
pub mod string;
mod sys;
pub mod table;
pub mod thrown;
pub mod time;
pub mod value;
pub mod view;
mod wakeup;
pub mod walk;

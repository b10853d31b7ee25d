//! UNSAFE: what the engine exports and ext-php-rs's bindings lack, for the modules of `zend` alone.
//!
//! Contract: each declaration is the one of the engine's headers, the same from PHP 8.2 to 8.6 but for `const`, and for `bool` where
//! `int` was: the caller passes 0 or 1.
#![expect(unsafe_code, reason = "declarations of the engine's functions")]

use core::ffi::{c_char, c_double, c_int, c_void};

use ext_php_rs::ffi::{
    _zend_fcall_info, _zend_fcall_info_cache, HashTable as zend_array, zend_class_entry, zend_function_entry,
    zend_ini_entry, zend_long, zend_module_entry, zend_object, zend_object_iterator, zend_string, zend_type, zval,
};

unsafe extern "C" {
    pub fn zend_parse_parameters(num_args: u32, spec: *const c_char, ...) -> c_int;
    pub fn zend_parse_parameters_ex(flags: c_int, num_args: u32, spec: *const c_char, ...) -> c_int;
    pub fn zend_argument_value_error(number: u32, format: *const c_char, ...);
    pub fn zend_argument_type_error(number: u32, format: *const c_char, ...);
    pub fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        default: *mut zval,
        flags: c_int,
        doc: *mut zend_string,
        kind: zend_type,
    ) -> *mut c_void;
    pub fn zend_declare_class_constant_stringl(
        class: *mut zend_class_entry,
        name: *const c_char,
        name_len: usize,
        value: *const c_char,
        value_len: usize,
    );
    pub fn spl_iterator_apply(
        object: *mut zval,
        apply: Option<unsafe extern "C" fn(iterator: *mut zend_object_iterator, user: *mut c_void) -> c_int>,
        user: *mut c_void,
    ) -> c_int;
    pub fn zend_class_implements(class: *mut zend_class_entry, count: c_int, ...);
    pub fn php_date_get_interface_ce() -> *mut zend_class_entry;
    pub fn php_date_get_date_ce() -> *mut zend_class_entry;
    pub fn php_date_get_immutable_ce() -> *mut zend_class_entry;
    pub fn php_date_get_timezone_ce() -> *mut zend_class_entry;
    pub fn php_date_get_interval_ce() -> *mut zend_class_entry;
    pub static spl_ce_ArrayObject: *mut zend_class_entry;
    pub static spl_ce_ArrayIterator: *mut zend_class_entry;
    pub static spl_ce_SplObjectStorage: *mut zend_class_entry;
    pub static spl_ce_SplDoublyLinkedList: *mut zend_class_entry;
    pub static spl_ce_SplFixedArray: *mut zend_class_entry;
    pub static spl_ce_RuntimeException: *mut zend_class_entry;
    pub static spl_ce_LogicException: *mut zend_class_entry;
    pub static spl_ce_OverflowException: *mut zend_class_entry;

    pub static zend_ce_arithmetic_error: *mut zend_class_entry;
    pub fn zend_value_error(format: *const c_char, ...);
    pub fn zend_register_internal_enum(
        name: *const c_char,
        kind: u8,
        methods: *const zend_function_entry,
    ) -> *mut zend_class_entry;
    pub fn zend_enum_add_case_cstr(class: *mut zend_class_entry, name: *const c_char, value: *mut zval);
    pub fn zend_enum_get_case_cstr(class: *mut zend_class_entry, name: *const c_char) -> *mut zend_object;

    pub fn zend_clear_exception();
    pub fn zend_is_unwind_exit(exception: *const zend_object) -> bool;
    pub fn zend_is_graceful_exit(exception: *const zend_object) -> bool;
    pub fn zend_get_exception_base(exception: *mut zend_object) -> *mut zend_class_entry;
    pub fn php_output_start_default() -> c_int;
    pub fn php_output_discard() -> c_int;

    pub fn zend_call_function(call: *mut _zend_fcall_info, cache: *mut _zend_fcall_info_cache) -> c_int;
    pub fn _try_convert_to_string(value: *mut zval) -> bool;
    pub fn zend_try_assign_typed_ref_bool(reference: *mut c_void, value: bool) -> c_int;

    pub static module_registry: zend_array;
    pub fn php_get_module_initialized() -> bool;
    pub fn zend_register_internal_module(module: *mut zend_module_entry) -> *mut zend_module_entry;
    pub fn zend_unregister_ini_entries(module_number: c_int);
    pub fn zend_ini_string_ex(name: *const c_char, len: usize, orig: c_int, exists: *mut bool) -> *mut c_char;
    pub fn zend_ini_boolean_displayer_cb(entry: *mut zend_ini_entry, kind: c_int);
    pub fn zend_ini_parse_bool(value: *mut zend_string) -> bool;
    pub fn zend_ini_parse_quantity(value: *mut zend_string, error: *mut *mut zend_string) -> zend_long;
    pub fn zend_ini_parse_quantity_warn(value: *mut zend_string, setting: *mut zend_string) -> zend_long;
    pub fn cfg_get_string(name: *const c_char, value: *mut *mut c_char) -> c_int;
    pub fn display_ini_entries(module: *mut zend_module_entry);
    pub fn zend_ini_long(name: *const c_char, len: usize, orig: c_int) -> zend_long;
    pub fn zend_alter_ini_entry_chars(
        name: *mut zend_string,
        value: *const c_char,
        len: usize,
        modify_type: c_int,
        stage: c_int,
    ) -> c_int;
    pub fn zend_restore_ini_entry(name: *mut zend_string, stage: c_int) -> c_int;
    pub fn sapi_get_request_time() -> c_double;

    pub fn php_clear_stat_cache(realpath_cache: bool, path: *const c_char, len: usize);
    pub fn realpath_cache_size() -> zend_long;

    pub fn zend_hash_clean(table: *mut zend_array);
    pub fn _zend_handle_numeric_str_ex(key: *const c_char, len: usize, index: *mut u64) -> bool;
    // Up to PHP 8.5, these two names are macros.
    #[cfg_attr(not(php86), link_name = "_php_stream_get_url_stream_wrappers_hash")]
    pub fn php_stream_get_url_stream_wrappers_hash() -> *mut zend_array;
    pub fn php_stream_get_url_stream_wrappers_hash_global() -> *mut zend_array;
    #[cfg_attr(not(php86), link_name = "_php_get_stream_filters_hash")]
    pub fn php_get_stream_filters_hash() -> *mut zend_array;
    pub fn php_get_stream_filters_hash_global() -> *mut zend_array;

    pub fn zend_type_error(format: *const c_char, ...);
    pub fn zend_error(kind: c_int, format: *const c_char, ...);
    pub fn php_log_err_with_severity(message: *const c_char, severity: c_int);

    pub fn pcre_get_compiled_regex_cache(regex: *mut zend_string) -> *mut c_void;
    pub fn php_pcre_pce_incref(pce: *mut c_void);
    pub fn php_pcre_pce_decref(pce: *mut c_void);
    pub fn php_pcre_pce_re(pce: *mut c_void) -> *mut c_void;
    pub fn php_pcre_mctx() -> *mut c_void;
    pub fn php_pcre_gctx() -> *mut c_void;
    // A PHP with a PCRE of its own (`php_bundled_pcre`) has these under other names.
    #[cfg_attr(php_bundled_pcre, link_name = "php_pcre2_match_data_create_from_pattern")]
    pub fn pcre2_match_data_create_from_pattern_8(code: *const c_void, context: *mut c_void) -> *mut c_void;
    #[cfg_attr(php_bundled_pcre, link_name = "php_pcre2_match_data_free")]
    pub fn pcre2_match_data_free_8(data: *mut c_void);
    #[cfg_attr(php_bundled_pcre, link_name = "php_pcre2_match")]
    pub fn pcre2_match_8(
        code: *const c_void,
        subject: *const u8,
        len: usize,
        start: usize,
        options: u32,
        data: *mut c_void,
        context: *mut c_void,
    ) -> c_int;
}

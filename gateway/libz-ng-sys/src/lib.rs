//! The part of zlib-ng's C interface that flate2 calls, forwarded to zlib-rs.
//!
//! pingora turns on flate2's `zlib-ng`, whose build needs cmake; this crate takes its place by
//! `[patch.crates-io]`. A wrong layout would show only at run time: see the round trip in `tests/`.
#![allow(non_camel_case_types, non_snake_case, clippy::missing_safety_doc)]

use core::ffi::{c_char, c_int, c_ulong, c_void};
use libz_rs_sys as rs;

pub use rs::{
    Z_BLOCK, Z_BUF_ERROR, Z_DATA_ERROR, Z_DEFAULT_STRATEGY, Z_DEFLATED, Z_FINISH, Z_FULL_FLUSH,
    Z_MEM_ERROR, Z_NEED_DICT, Z_NO_FLUSH, Z_OK, Z_PARTIAL_FLUSH, Z_STREAM_END, Z_STREAM_ERROR,
    Z_SYNC_FLUSH, uInt,
};

/// `zlib_rs`' stream with the two allocation hooks not wrapped in `Option`, as flate2 fills them.
#[repr(C)]
pub struct z_stream {
    pub next_in: *mut u8,
    pub avail_in: uInt,
    pub total_in: c_ulong,
    pub next_out: *mut u8,
    pub avail_out: uInt,
    pub total_out: c_ulong,
    pub msg: *mut c_char,
    pub state: *mut c_void,
    pub zalloc: extern "C" fn(*mut c_void, uInt, uInt) -> *mut c_void,
    pub zfree: extern "C" fn(*mut c_void, *mut c_void),
    pub opaque: *mut c_void,
    pub data_type: c_int,
    pub adler: c_ulong,
    pub reserved: c_ulong,
}

const _: () = assert!(size_of::<z_stream>() == size_of::<rs::z_stream>());

macro_rules! forward {
    ($($name:ident($($arg:ident: $ty:ty),*));* $(;)?) => { $(
        pub unsafe extern "C" fn $name(stream: *mut z_stream $(, $arg: $ty)*) -> c_int {
            // SAFETY: the caller upholds zlib's contract; both structs have one layout.
            unsafe { rs::$name(stream.cast() $(, $arg)*) }
        }
    )* };
}

forward! {
    deflate(flush: c_int);
    deflateEnd();
    deflateReset();
    deflateParams(level: c_int, strategy: c_int);
    deflateSetDictionary(dictionary: *const u8, len: uInt);
    inflate(flush: c_int);
    inflateEnd();
    inflateReset();
    inflateReset2(bits: c_int);
    inflateSetDictionary(dictionary: *const u8, len: uInt);
    deflateInit2_(level: c_int, method: c_int, bits: c_int, memory: c_int, strategy: c_int,
        version: *const c_char, size: c_int);
    inflateInit2_(bits: c_int, version: *const c_char, size: c_int);
}

pub unsafe extern "C" fn zlibVersion() -> *const c_char {
    rs::zlibVersion()
}

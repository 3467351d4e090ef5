//! The whole system, in process and from outside.

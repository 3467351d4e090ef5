//! The way of a request: pingora in front of the online services.

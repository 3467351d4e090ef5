//! The convergences program: command line, demo, start of gateway, admin and search.

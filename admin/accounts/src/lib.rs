//! Who exists, how they prove it, what they were granted. All SQL is here.

//! Each code on a small layout.

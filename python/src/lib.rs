//! The Python module of floorjobs.

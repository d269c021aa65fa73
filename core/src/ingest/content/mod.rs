//! The content-stream interpreter: operators in, a [`Drawing`](super::Drawing) out.

mod clip;
mod colour;
mod inline_image;
mod interpreter;
mod path;
mod state;
mod state_operators;
mod text;
mod text_operators;
mod tokens;

pub(super) use interpreter::interpret_page;
pub(super) use tokens::{Token, Tokens};

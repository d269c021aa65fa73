//! Statements that the server plans once for each of its processes.
//!
//! A claim, an ending or a new job takes the server longer to parse and plan than to run. Prepared
//! statements would keep the plan, but belong to a connection, which a pooler hands to somebody
//! else after each transaction. What a function plans is kept by the server process, whoever it
//! works for. So each of these statements is the body of a function of its own, which the migration
//! makes.
//!
//! The name ends in a hash of what the function does: programs that do it differently each have
//! their own, and can use a database side by side.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// One plan for all values, from the first call on, that looks up each row by an index: a plan is
/// kept however the tables grow, and may have been made when they were empty, where reading all of
/// one looks as good.
const HOW: &str = "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off \
     SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off \
     SET enable_material = off";

/// A statement as a function.
pub(super) struct Planned {
    pub(super) name: String,
    /// Makes the function.
    pub(super) create: String,
    /// Calls it, with the parameters of the statement.
    call: String,
}

impl Planned {
    /// A function that takes parameters of these types, as `$1` and so on of `body`, and gives rows;
    /// of those, `select` is asked for.
    pub(super) fn new(
        name: &str,
        takes: &[&str],
        gives: &str,
        body: &str,
        select: &str,
    ) -> Planned {
        let block = format!("BEGIN RETURN QUERY {body};\nEND");
        Planned::of_block(name, takes, gives, &block, select)
    }

    /// The same for several statements: a block of PL/pgSQL, in which a name that a column has
    /// too is the column's.
    pub(super) fn of_block(
        name: &str,
        takes: &[&str],
        gives: &str,
        block: &str,
        select: &str,
    ) -> Planned {
        let takes_all = takes.join(", ");
        // No parameter has a name, so that the columns of the tables and of the answer have theirs
        // for themselves.
        let rest = format!(
            "({takes_all}) RETURNS {gives} LANGUAGE plpgsql {HOW} AS $planned$\n\
             #variable_conflict use_column\n{block} $planned$"
        );
        let mut name = format!("{name}_");
        for byte in Sha256::digest(&rest).iter().take(4) {
            // Writing into a text cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        let numbers: Vec<_> = (1..=takes.len())
            .map(|number| format!("${number}"))
            .collect();
        let given = numbers.join(", ");
        Planned {
            create: format!("CREATE FUNCTION floorjobs.{name}{rest}"),
            call: format!("SELECT {select} FROM floorjobs.{name}({given}) AS given"),
            name,
        }
    }

    /// The statement that calls it.
    pub(super) fn call(&self) -> &str {
        &self.call
    }
}

//! Which blobs are named here.

use super::fault::Op;
use super::param::whole;
use super::rows::Columns;
use super::transaction::Transaction;

/// Every column that names blobs; each has an index.
const SOURCES: [(&str, &str); 8] = [
    ("pdf_ref", "floorplans"),
    ("document_ref", "floorplans"),
    ("svg_ref", "floorplans"),
    ("document_ref", "layouts"),
    ("svg_ref", "layouts"),
    ("document_ref", "boms"),
    ("payload_ref", "jobs"),
    ("result_blob", "jobs"),
];

/// Those of `blobs` that no row names, in their order.
pub(super) fn unreferenced(at: &mut Transaction<'_>, blobs: &[String]) -> Op<Vec<String>> {
    let unknown = SOURCES.map(|(named, table)| {
        format!("NOT EXISTS (SELECT 1 FROM floorjobs.{table} WHERE {named} = blob)")
    });
    let sql = format!(
        "SELECT blob FROM unnest($1) WITH ORDINALITY AS asked (blob, place)
         WHERE {} ORDER BY place",
        unknown.join(" AND ")
    );
    let asked: Vec<_> = blobs.iter().map(String::as_str).collect();
    texts(at, &sql, &[&asked])
}

/// The references that rows name, in ascending order. Each index is read from `after` on.
pub(super) fn references(
    at: &mut Transaction<'_>,
    after: Option<&str>,
    limit: usize,
) -> Op<Vec<String>> {
    let parts = SOURCES.map(|(named, table)| {
        format!(
            "(SELECT DISTINCT {named} AS blob FROM floorjobs.{table}
             WHERE {named} > $1 AND {named} IS NOT NULL ORDER BY {named} LIMIT $2)"
        )
    });
    let sql = format!("{} ORDER BY blob LIMIT $2", parts.join(" UNION "));
    texts(at, &sql, &[&after.unwrap_or_default(), &whole(limit)])
}

fn texts(
    at: &mut Transaction<'_>,
    sql: &str,
    params: &[&dyn super::param::Param],
) -> Op<Vec<String>> {
    at.query_last(sql, params)?
        .iter()
        .map(|row| Columns::of(row).take())
        .collect()
}

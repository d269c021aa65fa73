//! JSON values as objects of Python and back, without the text in between.
//!
//! Only what is exactly of Python's own types goes this way; the rest, subclasses and what JSON
//! cannot hold included, is left to `json.dumps`, which says what it means or what is wrong.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// As deep as JSON text may be read again.
const MAX_DEPTH: usize = 120;

/// The object that `json.loads` would make of the value.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (_, Some(number)) => number.into_pyobject(py)?.into_any(),
            _ => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(values) => {
            let list = PyList::empty(py);
            for value in values {
                list.append(to_python(py, value)?)?;
            }
            list.into_any()
        }
        Value::Object(values) => {
            let dict = PyDict::new(py);
            for (key, value) in values {
                dict.set_item(key, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// The value of an object; `None` where only `json.dumps` can tell.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> Option<Value> {
    read(object, 0)
}

fn read(object: &Bound<'_, PyAny>, depth: usize) -> Option<Value> {
    if object.is_none() {
        return Some(Value::Null);
    }
    if let Ok(text) = object.cast_exact::<PyString>() {
        return Some(Value::String(text.to_str().ok()?.to_owned()));
    }
    if let Ok(flag) = object.cast_exact::<PyBool>() {
        return Some(Value::Bool(flag.is_true()));
    }
    if object.is_exact_instance_of::<PyInt>() {
        let number: i64 = object.extract().ok()?;
        return Some(Value::Number(number.into()));
    }
    if let Ok(number) = object.cast_exact::<PyFloat>() {
        return Number::from_f64(number.value()).map(Value::Number);
    }
    if depth == MAX_DEPTH {
        return None;
    }
    if let Ok(dict) = object.cast_exact::<PyDict>() {
        let mut values = Map::with_capacity(dict.len());
        for (key, value) in dict.iter() {
            let key = key.cast_exact::<PyString>().ok()?.to_str().ok()?.to_owned();
            values.insert(key, read(&value, depth + 1)?);
        }
        return Some(Value::Object(values));
    }
    if let Ok(list) = object.cast_exact::<PyList>() {
        let values = list.iter().map(|value| read(&value, depth + 1));
        return values.collect::<Option<_>>().map(Value::Array);
    }
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        let values = tuple.iter().map(|value| read(&value, depth + 1));
        return values.collect::<Option<_>>().map(Value::Array);
    }
    None
}

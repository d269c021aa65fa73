"""The package as a whole: what importing it does, and what it says of itself."""

import floorjobs._floorjobs as native


def test_error_codes_are_unique() -> None:
    codes = [code for code, _ in native.error_codes()]
    assert len(codes) == len(set(codes)) == 18

"""Recognisers against the libraries that the field keeps up to date, on drawn values."""

from __future__ import annotations

import random

import phonenumbers
import pytest
import stdnum.fr.nir
import stdnum.fr.siren
import stdnum.fr.siret
import stdnum.iban
import stdnum.luhn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.columns.conftest import Reader
from tests.columns.people import key97, luhn_key

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DIGITS = "0123456789"


def bodies(size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.text(DIGITS, min_size=size, max_size=size), min_size=1, max_size=40)


NIR_BODY = st.builds(
    "{}{:02d}{:02d}{}{:03d}{:03d}".format,
    st.sampled_from("12"),
    st.integers(0, 99),
    st.one_of(st.integers(1, 12), st.integers(20, 99)),
    st.sampled_from(["2A", "2B", "01", "56", "75", "97", "99"]),
    st.integers(0, 999),
    st.integers(1, 999),
)


@FEW
@given(bodies_=st.lists(NIR_BODY, min_size=1, max_size=40), shift=st.integers(0, 96))
def test_nir_key_agrees_with_stdnum(bodies_: list[str], shift: int, read_values: Reader) -> None:
    numbers = []
    for body in bodies_:
        right = int(key97(body)[13:])
        numbers.append(f"{body}{(right + shift - 1) % 97 + 1:02d}")
    assert [valid for _, valid in read_values("nir", numbers)] == [stdnum.fr.nir.is_valid(number) for number in numbers]


@FEW
@given(numbers=bodies(11))
def test_rpps_is_plain_luhn(numbers: list[str], read_values: Reader) -> None:
    drawn = numbers + [luhn_key("1" + number[:9]) for number in numbers]
    expected = [stdnum.luhn.is_valid(number) and number[0] != "0" for number in drawn]
    assert [valid for _, valid in read_values("rpps", drawn)] == expected


@FEW
@given(numbers=bodies(9))
def test_siren_agrees_with_stdnum(numbers: list[str], read_values: Reader) -> None:
    drawn = numbers + [luhn_key(number[:8]) for number in numbers]
    assert [valid for _, valid in read_values("siren", drawn)] == [stdnum.fr.siren.is_valid(number) for number in drawn]


@FEW
@given(numbers=bodies(13))
def test_siret_agrees_with_stdnum(numbers: list[str], read_values: Reader) -> None:
    drawn = [luhn_key(luhn_key(number[:8]) + number[9:]) for number in numbers]
    drawn += ["356000000" + number[:5] for number in numbers]
    # the library checks the SIREN inside as well: both hold it valid here
    assert [valid for _, valid in read_values("siret", drawn)] == [stdnum.fr.siret.is_valid(number) for number in drawn]


@FEW
@given(accounts=st.lists(st.tuples(st.integers(0, 10**18 - 1), st.integers(0, 97)), min_size=1, max_size=30))
def test_iban_key_agrees_with_stdnum(accounts: list[tuple[int, int]], read_values: Reader) -> None:
    numbers = [f"DE{key:02d}{account:018d}" for account, key in accounts]
    numbers += [stdnum.iban.calc_check_digits(number) for number in numbers]
    drawn = numbers[: len(accounts)]
    drawn += [f"DE{stdnum.iban.calc_check_digits(number)}{number[4:]}" for number in drawn]
    assert [valid for _, valid in read_values("iban", drawn)] == [stdnum.iban.is_valid(number) for number in drawn]


@pytest.mark.parametrize("region", ["FR", "RE", "GP", "GF", "MQ", "YT"])
def test_phones_agree_with_phonenumbers(region: str, read_values: Reader) -> None:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    found = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    examples = [number for number in found if number is not None]
    assert examples
    expected = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in examples]
    national = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) for number in examples]
    international = [
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) for number in examples
    ]
    assert [text for text, _ in read_values("phone", national)] == expected
    assert [text for text, _ in read_values("phone", international)] == expected


def test_random_digits_seldom_pass_a_key(read_values: Reader) -> None:
    drawn = random.Random(3)
    numbers = [
        f"{drawn.randint(1, 2)}{drawn.randint(0, 99):02d}{drawn.randint(1, 12):02d}75{drawn.randint(0, 999):03d}"
        f"{drawn.randint(1, 999):03d}{drawn.randint(1, 97):02d}"
        for _ in range(5000)
    ]
    passed = sum(valid for _, valid in read_values("nir", numbers)) / len(numbers)
    assert 0.003 < passed < 0.02

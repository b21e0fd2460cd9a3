"""Quantities of a policy carry their units."""

from __future__ import annotations

import pytest

from gate.config import parse_margin, parse_size
from gate.config.units import parse_confidence, parse_ratio, parse_share
from gate.rules import Margin

MARGINS = {
    "3%": Margin("3%", relative=0.03),
    "0.5pp": Margin("0.5pp", absolute=0.005),
    "0.02": Margin("0.02", absolute=0.02),
    " 3 % ": Margin(" 3 % ", relative=0.03),
    "0": Margin("0"),
    "100pp": Margin("100pp", absolute=1.0),
    "150%": Margin("150%", relative=1.5),
}


@pytest.mark.parametrize("text", MARGINS)
def test_a_margin_is_a_share_of_the_best_or_points_or_metric_units(text: str) -> None:
    assert parse_margin(text) == MARGINS[text]


WRITE = 'write "3%" of the best, "0.5pp" of a share, or "0.02" in metric units'
NO_MARGINS = [
    (3, f'3 has no unit; {WRITE}; did you mean "3%" or "3pp" or "3"?'),
    (0.25, f'0.25 has no unit; {WRITE}; did you mean "0.25%" or "0.25pp" or "0.25"?'),
    (float("nan"), f"nan has no unit; {WRITE}"),
    ("0,5%", 'did you mean "0.5%"?'),
    ("0.5 percent", 'did you mean "0.5%"?'),
    ("2 percentage points", 'did you mean "2pp"?'),
    ("2 apples", 'or "0.02" in metric units'),
    ("-1%", "quantities are 0 or more"),
    ("101pp", "found '101pp'; a share has 100 percentage points in all"),
    ("", "'' is no quantity"),
    (True, "true is no quantity"),
    (None, "something else is no quantity"),
    (["3%"], "a list is no quantity"),
    ("٣%", "is no quantity"),
    ("1e400", "is no quantity"),
    ("9" * 400, "is no quantity"),
]


@pytest.mark.parametrize(("value", "said"), NO_MARGINS, ids=[repr(value)[:20] for value, _ in NO_MARGINS])
def test_what_is_no_margin_is_refused_with_what_may_have_been_meant(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=r"write|share has") as caught:
        parse_margin(value)
    assert said in str(caught.value)
    assert str(caught.value).endswith(said) or not said.endswith("?")


@pytest.mark.parametrize(("text", "share"), [("2%", 0.02), ("2pp", 0.02), ("0.02", 0.02), ("100%", 1.0), ("0", 0.0)])
def test_a_share_may_be_said_in_percent_points_or_plainly(text: str, share: float) -> None:
    assert parse_share(text) == share


def test_a_share_is_at_most_the_whole_and_a_ratio_may_be_more() -> None:
    with pytest.raises(ValueError, match="found '101%'; allowed: at most 100%"):
        parse_share("101%")
    assert (parse_ratio("150%"), parse_ratio("0.8")) == (1.5, 0.8)
    with pytest.raises(ValueError, match=r'write "80%" or "0\.8"'):
        parse_ratio("2pp")


@pytest.mark.parametrize("value", [0.95, "95%", "0.95"])
def test_a_confidence_is_a_number_or_a_percentage(value: object) -> None:
    assert parse_confidence(value) == 0.95


@pytest.mark.parametrize("value", [0.5, 1, 0, -1, "100%", "50%", True, float("nan"), None, "much", 10**400])
def test_a_confidence_is_more_than_a_coin_and_less_than_certain(value: object) -> None:
    with pytest.raises(ValueError, match=r"such as 0\.95|write 0\.95"):
        parse_confidence(value)


SIZES = {"2GB": 2 * 10**9, "1.5 GiB": 3 * 2**29, "500MB": 5 * 10**8, "5kB": 5_000, "7": 7, "3B": 3, "1T": 10**12}


@pytest.mark.parametrize("text", SIZES)
def test_a_size_counts_in_thousands_or_in_1024s(text: str) -> None:
    assert parse_size(text) == SIZES[text]
    assert parse_size(12) == 12


@pytest.mark.parametrize("value", ["much", "-1", "", "1 XB", 1.5e300, True, None, ["2GB"]])
def test_what_is_no_size_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match='is no size; write "2GB"'):
        parse_size(value)

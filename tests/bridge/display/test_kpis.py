"""What BOPTEST makes of a test, in words."""

from __future__ import annotations

import io
import math

from rich.console import Console

from bridge.display.kpis import kpis_in_brief, print_kpis

KPIS = {"tdis_tot": 0.16713, "pgas_tot": math.nan, "ener_tot": 1.5e-7, "idis_tot": 0.0, "my_kpi": 12345.6}


def test_each_has_words_a_unit_and_its_name_and_what_the_case_lacks_is_left_out() -> None:
    told = io.StringIO()
    print_kpis(Console(file=told, width=40), KPIS)
    assert [" ".join(line.split()) for line in told.getvalue().splitlines()] == [
        "too warm or too cold 0.1671 K h per zone tdis_tot",
        "energy <0.0001 kWh/m2 ener_tot",
        "too much CO2 in the air 0 ppm h per zone idis_tot",
        "my_kpi 12346 my_kpi",
    ]


def test_a_view_has_them_in_a_line() -> None:
    assert kpis_in_brief({"tdis_tot": 0.16713, "pgas_tot": math.nan}) == "too warm or too cold 0.1671 K h per zone"

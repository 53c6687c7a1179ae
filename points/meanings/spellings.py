"""How people and BOPTEST spell the words of a point's name, and what the words of one mean together."""

from __future__ import annotations

from collections.abc import Mapping

from points.meanings.vocabulary import Measure, Medium, Spot, Use

_SPELLINGS: Mapping[str, str] = {
    "supply": "sup supply disch discharge da sa leaving dis",
    "return": "ret return ra",
    "outdoor": "oa outdoor outside outdr out oda ambient wea",
    "mixed": "mix mixed ma",
    "exhaust": "exh exhaust ea relief",
    "zone": "zon zone space spc room roo rm zn",
    "cooling": "coo cool cooling clg chw chilled",
    "heating": "hea heat heating htg hw hot",
    "reheat": "reheat rea rht reh",
    "coil": "coi coil",
    "valve": "val valve vlv vv",
    "damper": "dam damper dmpr dmp dpr",
    "fan": "fan fans sf",
    "pump": "pum pump pmp",
    "heatpump": "heatpump",
    "chiller": "chi chiller",
    "temperature": "t temp tmp temperature",
    "humidity": "rh humidity hum",
    "pressure": "dp press pressure prs static",
    "flow": "v flow flo airflow cfm",
    "co2": "co2",
    "power": "p power pwr kw",
    "speed": "speed spd spe vfd",
    "position": "y position pos",
    "setpoint": "set setpoint sp spt stpt setpt",
    "command": "cmd command",
    "status": "status sts stat proof",
    "radiation": "h radiation solar irradiation",
    "global": "glo global",
    "terminal": "vav terminal",
    "drybulb": "dry drybulb",
}
"""The words of this table, and how people and BOPTEST write them."""
WORD_OF: Mapping[str, str] = {spelling: word for word, all_ in _SPELLINGS.items() for spelling in all_.split()}
ACRONYMS: Mapping[str, str] = {
    "sat": "supply temperature",
    "dat": "supply temperature",
    "rat": "return temperature",
    "mat": "mixed temperature",
    "oat": "outdoor temperature",
    "znt": "zone temperature",
    "oah": "outdoor humidity",
    "dsp": "supply pressure",
    "clgsp": "cooling setpoint",
    "htgsp": "heating setpoint",
    "tset": "temperature setpoint",
}
_SAYS_NOTHING = "air water duct rel ahu rtu hvac bul hor sta act effective eff active"
_PARTICULAR = "cor nor sou eas wes nz sz core north south east west"
PASSED_OVER = frozenset(f"{_SAYS_NOTHING} {_PARTICULAR}".split())
BOPTEST_ONLY = frozenset(("p", "y", "v", "h", "dis", "rea"))
"""Codes that are words in Modelica's names alone."""
MEASURES: Mapping[str, Measure] = {
    measure.value.lower(): measure
    for measure in Measure
    if measure not in (Measure.RUN, Measure.POSITION, Measure.SPEED)
} | {"speed": Measure.SPEED, "position": Measure.POSITION}
USES: Mapping[str, Use] = {"setpoint": Use.SETPOINT, "command": Use.COMMAND, "status": Use.STATUS}

_SUBJECTS: tuple[tuple[str, Medium, Spot, Measure | None], ...] = (
    # the words, what flows, where, and what is meant where no quantity is named
    ("supply", Medium.SUPPLY_AIR, Spot.DUCT, None),
    ("return", Medium.RETURN_AIR, Spot.DUCT, None),
    ("mixed", Medium.MIXED_AIR, Spot.DUCT, None),
    ("exhaust", Medium.EXHAUST_AIR, Spot.DUCT, None),
    ("outdoor", Medium.OUTDOOR_AIR, Spot.WEATHER, None),
    ("outdoor drybulb", Medium.OUTDOOR_AIR, Spot.WEATHER, None),
    ("outdoor global", Medium.OUTDOOR_AIR, Spot.WEATHER, None),
    ("zone", Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE),
    ("supply terminal", Medium.SUPPLY_AIR, Spot.TERMINAL, None),
    ("zone terminal", Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE),
    ("terminal", Medium.SUPPLY_AIR, Spot.TERMINAL, None),
    ("fan", Medium.SUPPLY_AIR, Spot.FAN, Measure.SPEED),
    ("supply fan", Medium.SUPPLY_AIR, Spot.FAN, Measure.SPEED),
    ("return fan", Medium.RETURN_AIR, Spot.FAN, Measure.SPEED),
    ("exhaust fan", Medium.EXHAUST_AIR, Spot.FAN, Measure.SPEED),
    ("outdoor damper", Medium.OUTDOOR_AIR, Spot.DAMPER, Measure.POSITION),
    ("return damper", Medium.RETURN_AIR, Spot.DAMPER, Measure.POSITION),
    ("exhaust damper", Medium.EXHAUST_AIR, Spot.DAMPER, Measure.POSITION),
    ("damper", Medium.SUPPLY_AIR, Spot.DAMPER, Measure.POSITION),
    ("damper terminal", Medium.SUPPLY_AIR, Spot.DAMPER, Measure.POSITION),
    ("cooling valve", Medium.CHILLED_WATER, Spot.VALVE, Measure.POSITION),
    ("heating valve", Medium.HOT_WATER, Spot.VALVE, Measure.POSITION),
    ("cooling coil valve", Medium.CHILLED_WATER, Spot.VALVE, Measure.POSITION),
    ("heating coil valve", Medium.HOT_WATER, Spot.VALVE, Measure.POSITION),
    ("reheat valve", Medium.HOT_WATER, Spot.REHEAT_VALVE, Measure.POSITION),
    ("reheat", Medium.HOT_WATER, Spot.REHEAT_VALVE, Measure.POSITION),
    ("cooling pump", Medium.CHILLED_WATER, Spot.PUMP, Measure.RUN),
    ("heating pump", Medium.HOT_WATER, Spot.PUMP, Measure.RUN),
    ("cooling coil supply", Medium.CHILLED_WATER, Spot.ENTERING_COIL, None),
    ("cooling coil return", Medium.CHILLED_WATER, Spot.LEAVING_COIL, None),
    ("heating coil supply", Medium.HOT_WATER, Spot.ENTERING_COIL, None),
    ("heating coil return", Medium.HOT_WATER, Spot.LEAVING_COIL, None),
    ("chiller supply", Medium.CHILLED_WATER, Spot.PLANT_SUPPLY, None),
    ("chiller return", Medium.CHILLED_WATER, Spot.PLANT_RETURN, None),
    ("chiller", Medium.CHILLED_WATER, Spot.PLANT, None),
    ("heatpump supply", Medium.HOT_WATER, Spot.PLANT_SUPPLY, None),
    ("heatpump return", Medium.HOT_WATER, Spot.PLANT_RETURN, None),
    ("heatpump", Medium.HOT_WATER, Spot.PLANT, None),
)
BY_WORDS = {frozenset(words.split()): (medium, place, usual) for words, medium, place, usual in _SUBJECTS}
INSTEAD: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(said.split()), frozenset(meant.split()))
    for said, meant in (
        ("outdoor command", "outdoor damper command"),  # yOA
        ("return command", "return damper command"),
        ("cooling command", "cooling valve command"),
        ("heating command", "heating valve command"),
        ("terminal reheat heating command", "reheat valve command"),  # yReaHea
        ("terminal heating command", "reheat valve command"),
        ("terminal damper command", "damper command"),
        ("chiller flow", "chiller supply flow"),
        ("heatpump flow", "heatpump supply flow"),
        ("chiller chiller power", "chiller power"),
        ("flow", "terminal flow"),
        ("pressure", "supply pressure"),
        ("pressure setpoint", "supply pressure setpoint"),
        ("cooling setpoint", "zone cooling setpoint"),
        ("heating setpoint", "zone heating setpoint"),
        ("temperature cooling setpoint", "zone cooling setpoint"),
        ("temperature heating setpoint", "zone heating setpoint"),
        ("supply chiller pump power", "cooling pump power"),
        ("supply heatpump pump power", "heating pump power"),
    )
)
"""What is said in full for what is said in short."""
AIMED: Mapping[str, Use] = {"heating": Use.HEATING_SETPOINT, "cooling": Use.COOLING_SETPOINT}
ACTUATED = (Spot.DAMPER, Spot.VALVE, Spot.REHEAT_VALVE, Spot.FAN, Spot.PUMP)

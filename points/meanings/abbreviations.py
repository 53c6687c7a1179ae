"""How integrators abbreviate what is on an air handler, a terminal unit or in a plant room: wider than what a name
alone may mean, as lists of points have descriptions, units and directions beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from points.meanings.spellings import ACRONYMS, BOPTEST_ONLY, PASSED_OVER, WORD_OF

_WIDER: Mapping[str, str] = {
    "supply": "sply suply dsch disc dis",
    "return": "rtn retn",
    "outdoor": "osa outs outd odair fresh out",
    "mixed": "mxd mixing",
    "exhaust": "exhst rlf relief ex",
    "zone": "zones spac rms",
    "entering": "ent entering ewt inlet",
    "leaving": "lvg leaving outlet lvng",
    "cooling": "clng coolg cold chws chwr chwtr ccoil",
    "heating": "heatg htng hwtr warm hcoil",
    "reheat": "rheat rhtg reheating",
    "preheat": "phtg preheat preht",
    "water": "wtr water hydronic wat",
    "coil": "coils",
    "valve": "vlve valv",
    "damper": "dmper dampr louver",
    "fan": "blower fn",
    "pump": "pu pmps",
    "heatpump": "hp ashp heapum",
    "chiller": "chlr ch chlrs",
    "boiler": "blr boiler boi",
    "terminal": "tu atu vavbox",
    "temperature": "tmpr temperatures tempr tem",
    "humidity": "humid hmd relhum",
    "pressure": "pr dpt stat_press stc sttc staticpressure pressur dst",
    "flow": "airflw flw vflow volume",
    "co2": "carbondioxide",
    "power": "watts demand elec",
    "speed": "hz freq frequency",
    "position": "opening posn",
    "setpoint": "setp spnt stp target setpnt reference",
    "command": "cmnd ctrl control output outp com signal start startstop ss demanded enable enab ena",
    "status": "stt run running runs sta feedback fdbk fb prf proven",
    "measured": "sensor sens measurement measured actual meas",
    "radiation": "irradiance irrad",
    "relative": "rel relative",
    "differential": "diff differential difference delta",
    "minimum": "min minimum lowest",
    "maximum": "max maximum highest",
    "limit": "lim limit",
    "alarm": "alm alarm fault flt trouble",
    "occupied": "occ occupied",
    "unoccupied": "unocc unoccupied night setback uno",
    "occupancy": "occupancy presence pir",
    "standby": "stby standby",
    "mode": "mode state",
    "average": "avg average mean",
    "filter": "filt filter flter",
    "energy": "kwh energy",
    "current": "amps current",
    "enthalpy": "enth enthalpy",
    "dewpoint": "dewpoint dewpt dew",
    "wetbulb": "wetbulb wetbul wet",
    "hours": "hrs hours runtime",
    "building": "bldg building bld",
    "loop": "loop pid gain",
    "schedule": "sched schedule",
    "offset": "offset adj adjust bias cal calibration",
    "freeze": "freeze frz freezestat",
    "smoke": "smoke smk",
    "lighting": "light lights ltg",
    "steam": "stm steam",
    "economizer": "econ economizer",
    "bypass": "bypass byp",
    "condenser": "cond condenser cdw cw",
    "gas": "gas",
    "sky": "sky",
    "atmospheric": "atm atmospheric barometric baro",
    "cloud": "cloud cover opaque",
    "wind": "wind",
    "angle": "angle latitude longitude azimuth",
    "diffuse": "diffuse dif",
    "direct": "direct",
    "infrared": "infrared",
}
QUALIFIERS = frozenset(
    (
        *("differential", "minimum", "maximum", "limit", "alarm", "occupied", "unoccupied", "occupancy", "standby"),
        *("mode", "average", "filter", "energy", "current", "enthalpy", "dewpoint", "wetbulb", "hours", "building"),
        *("loop", "schedule", "offset", "freeze", "smoke", "lighting", "steam", "economizer", "bypass", "condenser"),
        *("gas", "preheat", "sky", "cloud", "atmospheric", "wind", "angle", "diffuse", "direct", "infrared"),
    )
)
"""What makes another point of one that is otherwise the same."""
SHORT: Mapping[str, str] = {
    **ACRONYMS,
    **{spelling: word for spelling, word in WORD_OF.items() if spelling not in BOPTEST_ONLY and spelling != "leaving"},
    **{spelling: word for word, spellings in _WIDER.items() for spelling in spellings.split()},
    "chw": "cooling water",
    "chilled": "cooling water",
    "hw": "heating water",
    "hot": "heating water",
    "chws": "supply cooling water",
    "chwst": "supply cooling water temperature",
    "chwr": "return cooling water",
    "chwrt": "return cooling water temperature",
    "hws": "supply heating water",
    "hwst": "supply heating water temperature",
    "hwr": "return heating water",
    "hwrt": "return heating water temperature",
    "chwv": "cooling water valve",
    "hwv": "heating water valve",
    "chwp": "cooling water pump",
    "hwp": "heating water pump",
    "ccv": "cooling valve",
    "hcv": "heating valve",
    "clgv": "cooling valve",
    "htgv": "heating valve",
    "rhv": "reheat valve",
    "rhc": "reheat coil",
    "cc": "cooling coil",
    "hc": "heating coil",
    "rf": "return fan",
    "sf": "supply fan",
    "ef": "exhaust fan",
    "rlf": "exhaust fan",
    "sfs": "supply fan status",
    "sfc": "supply fan command",
    "sfspd": "supply fan speed",
    "oad": "outdoor damper",
    "rad": "return damper",
    "ead": "exhaust damper",
    "saf": "supply flow",
    "daf": "supply flow",
    "raf": "return flow",
    "oaf": "outdoor flow",
    "dap": "supply pressure",
    "dasp": "supply pressure",
    "ssp": "supply pressure",
    "rap": "return pressure",
    "zt": "zone temperature",
    "rmt": "zone temperature",
    "rt": "zone temperature",
    "zat": "zone temperature",
    "lat": "supply temperature",
    "rah": "return humidity",
    "zh": "zone humidity",
    "csp": "cooling setpoint",
    "hsp": "heating setpoint",
    "clgsp": "cooling setpoint",
    "htgsp": "heating setpoint",
    "ewt": "entering water temperature",
    "lwt": "leaving water temperature",
    "static": "pressure",
    "iaq": "co2",
    "fbk": "status",
}
"""What a spelling says, in words of this table and of :mod:`points.meanings.spellings`."""
SUFFIXES: Mapping[str, str] = {
    "t": "temperature",
    "h": "humidity",
    "p": "pressure",
    "f": "flow",
    "c": "command",
    "s": "status",
    "o": "command",
    "q": "co2",
    "v": "valve",
    "d": "damper",
}
"""A letter of its own at the end, as in ``SA-T`` and ``SF-C``."""
CODES: Mapping[str, str] = {
    "t": "temperature",
    "v": "flow",
    "y": "command",
    "u": "",
    "p": "power",
    "dp": "pressure",
    "rh": "humidity",
    "h": "radiation",
}
"""What a name in the manner of Modelica and of Guideline 36 begins with, as in ``TZon`` and ``yDam``."""
_FILLING = (
    "ai ao av bi bo bv di do ui uo nv nvo nvi pt point value analog digital binary input in the of in for to at on off"
    " and after before by from is a an with consumed electric electrical present pv unit act deg vfd vsd duc rate"
)
SAYS_NOTHING = (PASSED_OVER - {"water", "act", "sta"}) | frozenset(_FILLING.split())
COMPASS: Mapping[str, str] = {
    spelling: word
    for word, spellings in {
        "north": "north nor nth",
        "south": "south sou sth",
        "east": "east eas",
        "west": "west wes",
        "core": "core cor interior int",
        "northeast": "northeast ne",
        "northwest": "northwest nw",
        "southeast": "southeast se",
        "southwest": "southwest sw",
        "perimeter": "perimeter perim",
    }.items()
    for spelling in spellings.split()
}
"""Where in a building: what tells equipments of a kind apart, beside numbers."""
KINDS: Mapping[str, str] = {
    spelling: kind
    for kind, spellings in {
        "air handler": "ahu rtu ahus airhandler ahandler dahu mau doas fcu",
        "terminal unit": "vav vavs zone zon tu atu fpb box terminal zn rm room",
        "plant": "chi chiller chlr heapum heatpump hp plant boiler blr cup ahp central chw hw pch",
        "weather": "wea weasta weather ws wx",
    }.items()
    for spelling in spellings.split()
}
"""Which kind of equipment a name or a device is of."""

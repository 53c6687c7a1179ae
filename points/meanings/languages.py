"""Words of French and German lists, in the words of :mod:`points.meanings.spellings`, accents left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    """In which a list is written; English words are understood in all of them."""

    ENGLISH = "en"
    FRENCH = "fr"
    GERMAN = "de"


_FRENCH: Mapping[str, str] = {
    "supply": "alim alimentation souff soufflage souffle soufl depart dep primaire",
    "return": "retour reprise rep repr",
    "outdoor": "ext exterieur exterieure neuf an",
    "mixed": "mel melange melangeur",
    "exhaust": "evac evacuation rejet extraction extracteur extr",
    "zone": "amb ambiance ambiante piece local salle bureau chambre",
    "cooling": "refroid refroidissement refroidie ref froid froide glacee glace clim rafr rafraichissement",
    "heating": "chauf chauff chauffage chaud chaude ch",
    "reheat": "rechauf rechauffe rechauffage terminale",
    "preheat": "prechauf prechauffe prechauffage",
    "water": "eau",
    "coil": "batterie serpentin",
    "valve": "vanne valve",
    "damper": "volet registre reg vol clapet",
    "fan": "vent ventilateur ventil",
    "pump": "pompe",
    "chiller": "refroidisseur",
    "boiler": "chaudiere",
    "compressor": "compresseur",
    "evaporator": "evaporateur",
    "condenser": "condenseur",
    "domestic": "ecs",
    "humidity": "humidite hr",
    "pressure": "pression pres",
    "flow": "debit deb q",
    "power": "puissance puiss",
    "speed": "vitesse vit",
    "position": "ouverture",
    "setpoint": "pc consigne csg cons pdc",
    "command": "commande demande dem modulation mod demarrage",
    "status": "etat eta marche fonctionnement",
    "alarm": "alarme defaut panne",
    "measured": "mesure lecture sonde",
    "filter": "filtre encrassement encr",
    "freeze": "gel antigel",
    "smoke": "fumee",
    "differential": "differentielle differentiel",
    "minimum": "minimale minimum",
    "maximum": "maximale maximum",
    "occupancy": "detecteur",
    "occupied": "occupation occupe",
    "unoccupied": "inoccupation inoccupe nuit",
    "radiation": "rayonnement",
    "economizer": "economiseur",
    "energy": "energie",
    "current": "courant",
    "average": "moyenne moy",
    "humidifier": "humidificateur",
    "": "gaine air d l de du des la le les par taux point vav boite terminal secteur",
}
_GERMAN: Mapping[str, str] = {
    "supply": "zuluft zul zu",
    "return": "abluft abl umluft uml",
    "outdoor": "aussenluft aussen aul frischluft",
    "mixed": "mischluft misch mil",
    "exhaust": "fortluft fol",
    "zone": "raum raumluft zimmer buro buero",
    "cooling coil": "kuhler kuehler",
    "heating coil": "erhitzer",
    "compressor": "verdichter kompressor",
    "evaporator": "verdampfer",
    "condenser": "kondensator verflussiger verfluessiger",
    "domestic": "warmwasser ww brauchwasser",
    "brine": "sole",
    "cooling": "kuhl kuehl kuhlen kuehlen kuhlung kuehlung kalt kaltwasser kalte",
    "heating": "heiz heizen heizung heizkreis warm",
    "reheat": "nachheiz nachheizer nacherhitzer nachwarmer nh",
    "preheat": "vorheiz vorheizer vorerhitzer",
    "water": "wasser",
    "coil": "register heizregister kuhlregister kuehlregister",
    "valve": "ventil regelventil",
    "damper": "klappe klappen stellklappe",
    "fan": "ventilator luefter lufter vent",
    "pump": "pumpe umwalzpumpe umwaelzpumpe",
    "chiller": "kaltemaschine kaeltemaschine",
    "boiler": "kessel",
    "heatpump": "warmepumpe waermepumpe",
    "temperature": "temperatur temp",
    "humidity": "feuchte feuchtigkeit",
    "pressure": "druck",
    "flow": "volumenstrom luftmenge",
    "power": "leistung",
    "speed": "drehzahl",
    "position": "stellung",
    "setpoint": "sollwert soll sw",
    "command": "befehl stellsignal stell ansteuerung stellgrosse",
    "status": "ruckmeldung rueckmeldung betriebsmeldung bm lauf",
    "alarm": "storung stoerung stormeldung stoermeldung sm sammelstorung sammelstoerung",
    "measured": "istwert ist messwert fuhler fuehler",
    "filter": "filteruberwachung filterueberwachung",
    "freeze": "frost frostschutz",
    "smoke": "rauch",
    "differential": "differenz",
    "occupancy": "prasenz praesenz anwesenheit",
    "occupied": "belegt",
    "unoccupied": "nacht",
    "average": "mittelwert mittel",
    "supply water": "vorlauf vl",
    "return water": "rucklauf ruecklauf rl",
    "co2": "luftqualitat luftqualitaet",
    "energy": "energie arbeit",
    "current": "strom",
    "bypass": "umgehung",
    "": "luft kanal elektrische elektrisch der die das fur fuer uberwachung ueberwachung vvr vvs volumenstromregler",
}


def _spelled(table: Mapping[str, str]) -> Mapping[str, str]:
    return {spelling: word for word, spellings in table.items() for spelling in spellings.split()}


WORDS_IN: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {},
    Language.FRENCH: _spelled(_FRENCH),
    Language.GERMAN: _spelled(_GERMAN),
}
"""What a spelling says in a list of that language, before the English tables are asked."""
_SIDES_FR: Mapping[str, str] = {
    "north": "nord",
    "south": "sud",
    "east": "est",
    "west": "ouest",
    "core": "centre coeur interieur interieure",
    "northeast": "nordest",
    "northwest": "nordouest",
    "southeast": "sudest",
    "southwest": "sudouest",
}
_SIDES_DE: Mapping[str, str] = {
    "north": "nord",
    "south": "sud sued",
    "east": "ost",
    "core": "kern mitte innen",
    "northeast": "nordost",
    "northwest": "nordwest",
    "southeast": "sudost suedost",
    "southwest": "sudwest suedwest",
}
SIDES_IN: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {},
    Language.FRENCH: _spelled(_SIDES_FR),
    Language.GERMAN: _spelled(_SIDES_DE),
}
"""Sides of a building."""
_PHRASES = ((re.compile(r"retour[ _]?(?:de[ _])?marche", re.IGNORECASE), "etat"),)
"""What does not mean what its words do: a running signal that comes back is no return air."""


def unaccented(text: str) -> str:
    """In letters of ASCII, and with phrases in one word."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for phrase, word in _PHRASES:
        plain = phrase.sub(word, plain)
    return plain

"""The cases multizone_office_simple_air and multizone_office_bench as a grey-box plant."""

from emulators.plants.multizone_office.files.variant import OfficeFiles, OfficeVariant, read_variant
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.plant import BenchOffice, MultizoneOffice

__all__ = ["BenchOffice", "MultizoneOffice", "OfficeFiles", "OfficeParameters", "OfficeVariant", "read_variant"]

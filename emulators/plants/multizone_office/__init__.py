"""The case multizone_office_simple_air as a grey-box plant."""

from emulators.plants.multizone_office.files.variant import OfficeFiles, OfficeVariant, read_variant
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.plant import MultizoneOffice

__all__ = ["MultizoneOffice", "OfficeFiles", "OfficeParameters", "OfficeVariant", "read_variant"]

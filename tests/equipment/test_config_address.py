from __future__ import annotations

import pytest

from equipment.config_address import normal_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("10.168.15.12", "10.168.15.12"),
        ("127.0.0.1:8443", "127.0.0.1:8443"),
        ("10.0.0.1:08443", "10.0.0.1:8443"),
        ("10.0.0.1:443", "10.0.0.1"),
        ("[::FFFF:10.0.0.1]:8443", "10.0.0.1:8443"),
        ("[fe80::1]:0443", "[fe80::1]"),
        ("ECY-AHU.local", "ecy-ahu.local"),
        ("ecy_ahu", "ecy_ahu"),
        ("localhost:8443", "localhost:8443"),
        ("[FE80::1]", "[fe80::1]"),
        ("[fe80:0:0::1]:8443", "[fe80::1]:8443"),
    ],
)
def test_one_controller_has_one_spelling(written: str, address: str) -> None:
    assert normal_address(written) == address


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("https://10.0.0.1", "leave out https://"),
        ("10.0.0.1/api", "leave out https://, any path"),
        ("admin@10.0.0.1", "any user"),
        ("fe80::1", r"write it in brackets: \[fe80::1\]"),
        ("[fe80::1", "is not an address; write it like"),
        ("[fe80::g]", "'fe80::g' is not an IP address"),
        ("10.0.0.1:0", "port 0 is not between 1 and 65535"),
        ("10.0.0.1:70000", "port 70000 is not between"),
        ("10.0.0.1:", "is not an address"),
        ("10.0.0.1:https", "is not an address"),
        ("10.0.0.300", "'10.0.0.300' is not an IP address"),
        ("10.0.1", "'10.0.1' is not an IP address; if 10.0.0.1 is meant, write that"),
        ("0x7f000701", "if 127.0.7.1 is meant, write that"),
        ("0X7F.0.7.1:8443", "if 127.0.7.1 is meant, write that"),
        ("127.0.7.0x1", "if 127.0.7.1 is meant, write that"),
        ("127.1", "if 127.0.0.1 is meant, write that"),
        ("2130706433", "if 127.0.0.1 is meant, write that"),
        ("127.0.7.01", "leave out the zeros at the front of its numbers"),
        ("010.000.000.001", "leave out the zeros"),
        ("99999999999", "'99999999999' is not an IP address$"),
        ("0x", "'0x' is not an IP address"),
        ("[10.0.0.1]", "only those stand in brackets"),
        ("", "is not an address"),
        ("my ahu", "'my ahu' is not a host name"),
        ("-ahu", "'-ahu' is not a host name"),
        ("ahu..local", "is not a host name"),
    ],
)
def test_what_is_not_an_address_is_refused_with_the_remedy(written: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        normal_address(written)

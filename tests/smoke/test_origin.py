"""Two ways to write one address are one address."""

import pytest

from job.smoke.lobechat_api import origin_of


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://chat.example.com", "https://chat.example.com"),
        ("https://Chat.Example.com:443/api/auth/callback/google?x=1", "https://chat.example.com"),
        ("http://chat.example.com:80", "http://chat.example.com"),
        ("http://chat.example.com:3210/", "http://chat.example.com:3210"),
        ("https://chät.example.com", "https://xn--cht-rla.example.com"),
        ("http://[::1]:3210", "http://[::1]:3210"),
    ],
)
def test_an_address_has_one_origin(written: str, origin: str) -> None:
    assert origin_of(written) == origin

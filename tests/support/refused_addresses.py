"""Addresses that LobeChat 2.0.0 to 2.2.2 refuse for a password, and others that look like them."""

REFUSED = (
    "somebody@duck.com",
    "somebody@mozmail.com",
    "somebody@simplelogin.com",
    "somebody@passmail.net",
    "somebody@anonaddy.me",
    "somebody@below.duck.com",
    "somebody@far.below.duck.com",
    f"{'l' * 65}@example.com",
    f"somebody@{'l' * 64}.com",
    "somebody@two--dashes.com",
    "somebody@dash-.com",
    f"somebody@example.{'z' * 64}",
)
ACCEPTED = (
    "somebody@example.com",
    "somebody@privaterelay.appleid.com",
    "somebody@notduck.com",
    "somebody@duck.com.example.org",
    "duck.com@example.org",
    f"{'l' * 64}@example.com",
    f"somebody@{'l' * 63}.com",
    "somebody@one-dash.com",
    "somebody@xn--mnchen-3ya.com",
    "o'neil+tag_x-y.z@sub.example.co.uk",
)

"""Which addresses LobeChat 2.0.0 to 2.2.2 refuse; tests/signin holds the same table against the plugin itself."""

import subprocess
import sys

import pytest

from job.mapping.refused_addresses import is_refused, refused_domains
from tests.support.refused_addresses import ACCEPTED, REFUSED


@pytest.mark.parametrize("address", REFUSED)
def test_a_listed_domain_and_an_unusual_form_are_refused(address: str) -> None:
    assert is_refused(address)


@pytest.mark.parametrize("address", ACCEPTED)
def test_what_is_not_listed_is_accepted(address: str) -> None:
    assert not is_refused(address)


def test_the_list_is_in_lower_case_and_long() -> None:
    assert len(refused_domains()) > 50_000
    assert all(domain == domain.lower().strip() for domain in refused_domains())


def test_the_list_is_not_loaded_before_it_is_asked_for() -> None:
    """It takes memory in the job and in the process that maps, and time at each start."""
    modules = "job.__main__, job.lobechat.staging.chunks, job.mapping.refused_addresses"
    program = f"import sys, {modules}; sys.exit('MailChecker' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)

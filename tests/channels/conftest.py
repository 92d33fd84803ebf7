"""What tests of channels share."""

import pytest

from tests.channels.receiver import Authority, authority
from tests.tools import need


@pytest.fixture(scope="session")
def trusted(tmp_path_factory) -> Authority:
    """A certificate authority that only these tests believe."""
    need("openssl")
    return authority(tmp_path_factory.mktemp("authority"))

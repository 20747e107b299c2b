import pytest

from tests.loanapp.updates.repositories import Publisher, tls_server


@pytest.fixture(scope="package")
def server():
    made = tls_server()
    yield made
    made.close()


@pytest.fixture
def publisher(server, tmp_path):
    return Publisher(tmp_path, server)

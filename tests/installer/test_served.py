"""The files that set a served lender up: they name commands, options and places that there are."""

import tomllib
from ipaddress import ip_network
from pathlib import Path

import yaml

from loanapp.backend.http.client_address import proxies
from loanapp.backend.served.__main__ import parser
from loanapp.backend.served.worker import Serving
from loanapp.backend.store.stores import VARIABLES, stores

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "installer" / "served"


def composed():
    return yaml.safe_load((PLACE / "compose.yaml").read_text(encoding="utf-8"))


def test_every_command_is_one_the_program_knows():
    services = composed()["services"]
    migrate, serve = (parser().parse_args(services[name]["command"]) for name in ("migrate", "worker"))
    assert (migrate.act, serve.act) == ("migrate", "serve")
    assert serve.drain + Serving.grace_seconds < float(services["worker"]["stop_grace_period"].removesuffix("s"))


def test_both_databases_are_named_and_no_password_lies_in_an_address():
    services = composed()["services"]
    environment = services["worker"]["environment"]
    assert stores(PLACE, environment).shared
    assert set(VARIABLES.values()) < set(environment)
    assert not [
        value for value in environment.values() if ":" in value.removeprefix("postgresql:").partition("@")[0][2:]
    ]
    assert "CREATE DATABASE vault;" in (PLACE / "vault_database.sql").read_text(encoding="utf-8")


def test_the_balancer_is_believed_and_asks_who_is_ready():
    subnet = composed()["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert proxies(PLACE) == (ip_network(subnet),)
    balancer = (PLACE / "haproxy.cfg").read_text(encoding="utf-8")
    assert f"port {Serving.operations_port}" in balancer
    assert f"worker:{Serving.port}" in balancer
    assert balancer.index("del-header X-Forwarded-For") < balancer.index("option forwardfor")


def test_every_file_that_is_mounted_or_copied_is_there():
    mounted = [
        volume.partition(":")[0]
        for service in composed()["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert [name for name in mounted if name != "./tls" and not (PLACE / name).exists()] == []
    copied = [line.split()[1] for line in (PLACE / "Dockerfile").read_text("utf-8").splitlines() if line[:5] == "COPY "]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert tomllib.loads((PLACE / "network.toml").read_text(encoding="utf-8"))

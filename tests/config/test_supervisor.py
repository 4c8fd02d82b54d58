"""Where `up` serves: the addresses it prints are answered, and what is no port is refused in a line."""

import socket

import pytest
from django.core.management import call_command
from django.http.request import split_domain_port, validate_host

from registry.config import supervisor
from registry.config.embedded import Refusal

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens here


@pytest.mark.parametrize("everywhere", [EVERYWHERE, "::"])
def test_listening_everywhere_is_told_and_allowed_by_the_names_of_this_machine(everywhere):
    names = supervisor.names(everywhere)
    assert names[0] == socket.gethostname()
    assert everywhere not in names
    for name in names:
        domain, _port = split_domain_port(f"{name}:8000")
        assert validate_host(domain, names), name


@pytest.mark.parametrize(("everywhere", "is_told"), [(EVERYWHERE, False), ("::", True)])
def test_an_address_of_the_newer_kind_is_told_where_it_is_answered(monkeypatch, everywhere, is_told):
    found = [(None, None, None, "", (address, 0)) for address in ("192.0.2.7", "2001:db8::7", "fe80::1%eth0")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_options: found)
    monkeypatch.setattr(socket, "getfqdn", socket.gethostname)
    names = supervisor.names(everywhere)
    assert "192.0.2.7" in names
    assert ("[2001:db8::7]" in names) is is_told
    assert not [name for name in names if "%" in name]


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_one_address_is_told_as_a_browser_writes_it(host, name):
    assert supervisor.names(host) == [name]


@pytest.mark.parametrize("port", [-1, 0, 65536, 99999])
def test_what_is_no_port_is_refused_in_one_line(port):
    with pytest.raises(Refusal, match=rf"^Cannot serve at port {port}: ports go from 1 to 65535\.$"):
        call_command("up", port=port)

import asyncio
import hashlib
import shutil
import subprocess

import pytest
from asn1crypto import algos, tsp
from pyhanko.sign.timestamps import TimestampRequestError

from loanapp.proof.timestamp import RemoteTimestamper

DIGEST = hashlib.sha256(b"contract").digest()


def query(algorithm="sha256", digest=DIGEST, **more):
    return tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}),
                "hashed_message": digest,
            },
            "cert_req": True,
            **more,
        }
    ).dump()


def status_of(reply):
    from asn1crypto.core import Sequence

    return tsp.PKIStatusInfo.load(Sequence.load(reply)[0].dump())


def test_the_time_is_the_authoritys_clock(parties):
    token = asyncio.run(parties.time.timestamper().async_timestamp(DIGEST, "sha256"))
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["gen_time"].native == parties.now
    assert info["message_imprint"]["hashed_message"].native == DIGEST


def test_serial_numbers_never_repeat_and_the_certificate_comes_only_when_asked(parties):
    replies = [tsp.TimeStampResp.load(parties.stamping.answer(query())) for _ in range(5)]
    tokens = [reply["time_stamp_token"]["content"] for reply in replies]
    assert len({token["encap_content_info"]["content"].parsed["serial_number"].native for token in tokens}) == 5
    assert len(tokens[0]["certificates"]) == 1
    bare = tsp.TimeStampResp.load(parties.stamping.answer(query(cert_req=False)))
    assert bare["time_stamp_token"]["content"]["certificates"].native is None


@pytest.mark.parametrize(
    ("request_bytes", "reason"),
    [
        (b"", "bad_data_format"),
        (b"hello", "bad_data_format"),
        (query() + b"x", "bad_data_format"),
        (query(digest=DIGEST[:-1]), "bad_data_format"),
        (query(version=2), "bad_data_format"),
        (query("sha1", hashlib.sha1(b"x", usedforsecurity=False).digest()), "bad_alg"),
        (query(req_policy="1.2.3"), "unaccepted_policy"),
        (b"0" * 5000, "bad_request"),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(parties, request_bytes, reason):
    status = status_of(parties.stamping.answer(request_bytes))
    assert status["status"].native == "rejection"
    assert status["fail_info"].native == {reason}


def test_the_remote_timestamper_refuses_what_is_no_time_stamp(parties):
    def stamp(ask):
        return asyncio.run(RemoteTimestamper(ask).async_timestamp(DIGEST, "sha256"))

    replayed = parties.stamping.answer(query(nonce=1))
    for reply in (b"", b"<html>", parties.stamping.answer(b""), replayed, replayed[:-1]):
        with pytest.raises(TimestampRequestError):
            stamp(lambda _query, reply=reply: reply)


def test_what_the_wire_raises_comes_through():
    def down(_query):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(RemoteTimestamper(down).async_timestamp(DIGEST, "sha256"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command to judge the token")
def test_openssl_accepts_the_time_stamp(parties, tmp_path):
    (tmp_path / "data").write_bytes(b"contract")
    (tmp_path / "root.pem").write_text(parties.time_root.certificate_pem)
    (tmp_path / "reply.tsr").write_bytes(parties.stamping.answer(query(nonce=42)))
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "reply.tsr", "-CAfile", "root.pem"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in result.stdout + result.stderr

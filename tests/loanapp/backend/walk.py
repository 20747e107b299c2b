"""A borrower who walks the API: every call as a client makes it, in process or over TLS."""

import base64
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import requests

from loanapp.backend.signing.roots import published_roots
from loanapp.demonstration.identities import find_identity
from loanapp.demonstration.identity_card import render_card
from loanapp.domain.clock import SystemClock
from loanapp.proof import authorities, keys
from loanapp.proof.envelope import seal
from loanapp.proof.request_proof import PROOF_HEADER, RequestLine, prove_request, written_device_key
from loanapp.proof.sealed_stream import SealedStream, evidence_context
from tests.loanapp.backend.tls_server import served_over_tls

TERMS = {
    "product_id": "consumer_instalment",
    "amount": "10000.00",
    "months": 12,
    "method": "equal_instalment",
    "purpose": "daily_consumption",
}
_cards: dict[tuple[str, str], bytes] = {}


def card_photo(key, side):
    if (key, side) not in _cards:
        _cards[key, side] = render_card(find_identity(key), side)
    return _cards[key, side]


class MovableClock:
    """The computer's clock, some time away from now."""

    def __init__(self, away=timedelta(0)):
        self.away = away
        self._real = SystemClock()

    def now(self):
        return self._real.now() + self.away

    def move(self, **by):
        self.away += timedelta(**by)


class Wire(requests.Session):
    """A session that trusts the lender's root alone."""

    def __init__(self, url, root, *, instance_token=None):
        super().__init__()
        self.url = url
        self.verify = str(root)
        self.trust_env = False
        self.clock = SystemClock()  # the lender's, by which requests are signed
        if instance_token:
            self.headers["X-LoanApp-Instance"] = instance_token

    def request(self, method, path, **more):
        return super().request(method, self.url + path, timeout=30, **more)


@contextmanager
def serving(lender):
    """The lender over TLS 1.3, served from a thread of this process; the wire to it."""
    from loanapp.backend.app import create_app

    keys = lender.services.keys
    keys.publish(published_roots(lender.services))
    root = keys._folder.root / "public" / "transport_root.pem"
    with served_over_tls(create_app(lender.services), keys.server_context) as url, Wire(url, root) as wire:
        wire.clock = lender.services.clock
        yield wire


class Pieces:
    """A body that is known whole, for it is signed, and sent as ``pieces()`` yields it."""

    def __init__(self, whole, pieces):
        self.whole, self._pieces = whole, pieces

    def __iter__(self):
        return self._pieces()


class SignedBy(requests.auth.AuthBase):
    """Signs each request with the key of a walker's computer, as the program does."""

    def __init__(self, walker, token):
        self.walker, self.token = walker, token

    def __call__(self, request):
        body = getattr(request.body, "whole", request.body) or b""
        body = body.encode() if isinstance(body, str) else body
        line = RequestLine(request.method, request.path_url, self.token or "")
        now = self.walker.http.clock.now()
        request.headers[PROOF_HEADER] = prove_request(self.walker.device_key, line, body, now)
        return request


class Walker:
    """One borrower; every method is one step and returns the answer's JSON."""

    def __init__(self, http, key="approved", *, phone=None):
        self.http = http
        self.who = find_identity(key)
        self.phone = phone or self.who.phone
        self.token = self.refresh_token = None
        self.device_key = keys.new_signing_key()
        self.id = None
        self.lender = http.get("/v1/lender").json()

    def call(self, method, path, *, body=None, content=None, key=None, media="application/octet-stream", token=None):
        answer = self._once(method, path, body, content, key, media, token)
        if token is None and self.refresh_token and answer.status_code == 401 and self._renewed(answer):
            return self._once(method, path, body, content, key, media, token)
        return answer

    def _once(self, method, path, body, content, key, media, token):
        headers, token = {}, token or self.token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        if content is not None:
            headers["Content-Type"] = media
        signed = SignedBy(self, token)
        return self.http.request(method, path, json=body, data=content, headers=headers, auth=signed)

    def _renewed(self, answer):
        """Whether a session that ran out with the moved clock could be renewed."""
        if answer.json()["code"] != "signed_out":
            return False
        answer = self.refresh()
        if answer.status_code != 200:
            return False
        self.token, self.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
        return True

    def refresh(self, token=None):
        token = token or self.refresh_token
        return self.http.request("POST", "/v1/auth/refresh", json={"refresh_token": token}, auth=SignedBy(self, token))

    def done(self, method, path, *, status=200, **more):
        answer = self.call(method, path, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def act(self, path, body=None, *, status=200, key=None):
        return self.done("POST", self.at(path), body=body or {}, key=key or str(uuid.uuid4()), status=status)

    def at(self, path=""):
        return f"/v1/applications/{self.id}{path}"

    def sign_in(self):
        code = self.done("POST", "/v1/auth/codes", body={"phone": self.phone, "purpose": "sign_in"}, status=201)
        body = {"challenge_id": code["challenge_id"], "code": code["simulated_message"]["code"]}
        opened = self.done("POST", "/v1/auth/sessions", body=self.on_device(**body), status=201)
        self.token, self.refresh_token, self.device_id = (
            opened[name] for name in ("access_token", "refresh_token", "device_id")
        )

    def by_password(self, password, *, device_key=None, **more):
        """The answer to signing in by password, on this computer or one with another key."""
        before = self.device_key
        self.device_key = device_key or before
        body = self.on_device(phone=self.phone, passphrase=password, **more)
        answer = self.call("POST", "/v1/auth/password-sessions", body=body)
        self.device_key = before
        return answer

    def on_device(self, **body):
        """What a sign-in says of the computer; nobody is signed in meanwhile."""
        self.token = self.refresh_token = None
        return {"device_key": written_device_key(self.device_key.public_key()), "system": "linux", **body}

    def create(self, **changes):
        body = TERMS | changes
        answer = self.done("POST", "/v1/applications", body=body, key=str(uuid.uuid4()), status=201)
        self.id = answer["id"]
        return answer

    def get(self):
        return self.done("GET", self.at())

    def upload(self, side, photo=None, *, info_side=None):
        public = base64.b64decode(self.lender["vault_public_key"])
        info = f"loanapp/document/v1|{self.id}|{info_side or side}".encode()
        sealed = seal(public, card_photo(self.who.key, side) if photo is None else photo, info)
        return self.call("PUT", self.at(f"/document/{side}"), content=sealed)

    def documents(self):
        read = {}
        for side in ("front", "back"):
            answer = self.upload(side)
            assert answer.status_code == 200, answer.text
            read |= {name: one["value"] for name, one in answer.json()["fields"].items()}
        return read

    def identity_fields(self):
        names = ("name", "identity_number", "address", "ethnic_group", "authority")
        until = self.who.valid_until
        return {name: getattr(self.who, name) for name in names} | {
            "valid_from": self.who.valid_from.isoformat(),
            "valid_until": until.isoformat() if until else "long_term",
        }

    def identify(self):
        return self.done("PUT", self.at("/identity"), body=self.identity_fields())

    def profile(self, **changes):
        body = {
            "employment": "employed",
            "monthly_income": f"{self.who.monthly_income:.2f}",
            "monthly_debt": f"{self.who.monthly_debt:.2f}",
        }
        return self.done("PUT", self.at("/profile"), body=body | changes)

    def consent(self, scope, *, granted=True, language="zh", status=201, **changes):
        text = next(one for one in self.lender["consents"] if one["scope"] == scope)
        body = {
            "scope": scope,
            "granted": granted,
            "text_version": text["version"],
            "text_sha256": text["sha256"][language],
            "language": language,
        }
        return self.act("/consents", body | changes, status=status)

    def consents(self):
        for scope in ("face_verification", "bureau_query", "bank_account_check"):
            self.consent(scope)
        if any(one["check"] == "income" and not one["waived"] for one in self.get()["demands"]):
            self.consent("social_insurance_query")

    def card(self, number=None, phone=None):
        body = {"number": number or self.who.card_number, "phone": phone or self.who.phone}
        return self.call("PUT", self.at("/bank-card"), body=body)

    def ready_to_submit(self, **terms):
        """Everything but the face, which a person checks."""
        self.sign_in()
        self.create(**terms)
        self.documents()
        self.identify()
        self.profile()
        self.consents()
        self.act("/manual-verification")
        answer = self.card()
        assert answer.status_code == 200, answer.text
        return answer.json()["application"]

    def wait(self, *statuses, seconds=20.0):
        deadline = time.monotonic() + seconds
        while (answer := self.get())["status"] not in statuses:
            assert time.monotonic() < deadline, f"still {answer['status']}, wanted {statuses}"
            time.sleep(0.02)
        return answer

    def accept(self):
        offer = self.get()["offer"]
        return self.act("/offer/accept", {"offer_id": offer["offer_id"]})

    def read_disclosure(self, clock):
        table = self.done("GET", self.at("/cost-disclosure"))
        clock.move(seconds=self.lender["reading_seconds"] + 1)
        body = {"sha256": table["sha256"], "seconds_on_screen": 16, "end_reached": True}
        return self.act("/cost-disclosure/confirmation", body)

    def send_signing_code(self, key=None):
        return self.done("POST", self.at("/contract/code"), body={}, key=key or str(uuid.uuid4()), status=201)

    def authorise(self):
        """Have the code for signing sent, and confirm it."""
        sent = self.send_signing_code()
        return self.confirm_code(sent["challenge_id"], sent["simulated_message"]["code"])

    def confirm_code(self, challenge_id, code, *, status=200):
        body = {"challenge_id": challenge_id, "code": code}
        return self.done("POST", self.at("/contract/code/confirmation"), body=body, status=status)

    def sign(self, *, change=lambda pdf: pdf):
        """Confirm the code, and sign the contract with a new key, as the borrower's machine does."""
        from loanapp.proof.pdf_signature import sign_as_borrower
        from loanapp.proof.signature_appearance import SignatureWords
        from loanapp.proof.timestamp import RemoteTimestamper

        if "certify_key" not in self.get()["allowed_actions"]:
            self.authorise()
        key = keys.new_signing_key()
        request = {"csr_pem": keys.certificate_request(key, "ignored")}
        issued = self.act("/certificate", request, status=201)
        certificate = authorities.load_certificates(issued["certificate_pem"])[0]
        now = datetime.now(UTC)
        words = SignatureWords(name=self.who.name, role="借款人", moment=now, note="模拟", reason="同意")
        contract = self.call("GET", self.at("/contract")).content
        signed = sign_as_borrower(
            contract,
            key,
            certificate,
            authorities.load_certificates(issued["chain_pem"]),
            RemoteTimestamper(self.timestamp),
            now=now,
            words=words,
        )
        return change(signed)

    def borrow(self, clock, **terms):
        """All the way to money paid out."""
        self.ready_to_submit(**terms)
        self.act("/submit")
        self.wait("offered")
        self.accept()
        self.read_disclosure(clock)
        answer = self.hand_in(self.sign())
        assert answer.status_code == 200, answer.text
        return self.wait("active")

    def pay(self, kind, total, *, key=None, status=200, **more):
        """One payment from the bound card."""
        path = self.at(f"/loan/repayments/{key or uuid.uuid4()}")
        return self.done("PUT", path, status=status, body={"kind": kind, "total": str(total), **more})

    def timestamp(self, query):
        answer = self.call("POST", "/v1/timestamps", content=query, media="application/timestamp-query")
        assert answer.status_code == 200, answer.text
        return answer.content

    def hand_in(self, signed):
        return self.call("PUT", self.at("/contract/signed"), content=signed, media="application/pdf")


def face_evidence(challenge_json, models):
    """Evidence of the demonstration borrower doing what the challenge asks, as fast as frames can be made."""
    from loanapp.capture.guidance import CapturePhase, GuidedAttempt
    from loanapp.demonstration.borrower import DemonstrationBorrower
    from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind
    from loanapp.vision.frame_analysis import FrameAnalyser

    challenge = Challenge(
        **challenge_json
        | {
            "actions": tuple(Action(action) for action in challenge_json["actions"]),
            "issued_at": datetime.fromisoformat(challenge_json["issued_at"]),
            "expires_at": datetime.fromisoformat(challenge_json["expires_at"]),
            "accepted_sources": tuple(SourceKind(kind) for kind in challenge_json["accepted_sources"]),
            "flash": tuple(FlashColour(colour) for colour in challenge_json["flash"]),
        }
    )
    borrower = DemonstrationBorrower(fps=15, paced=False, models=models)
    analyser, attempt = FrameAnalyser(models), GuidedAttempt()
    borrower.open()
    attempt.begin(challenge)
    while attempt.guidance.phase is not CapturePhase.DONE:
        frame = borrower.read()
        assert attempt.guidance.phase is not CapturePhase.FAILED, attempt.guidance.error
        attempt.feed(analyser.analyse(frame.image, frame.time_s), frame.image)
        borrower.prompt(attempt.prompt)
        borrower.illuminate(attempt.guidance.flash)
    borrower.close()
    return attempt.evidence(SourceKind.DEMONSTRATION)


def blank_evidence(challenge, *, noise=0, **changes):
    """Well-formed evidence of this attempt in which there is nobody: one grey frame, or ``noise`` frames of 100 kB."""
    import cv2
    import numpy as np

    from loanapp.domain.liveness import SourceKind
    from loanapp.vision.evidence import EvidenceFrame, EvidenceHeader, pack_evidence

    header = {
        "session_id": challenge["session_id"],
        "application_id": challenge["application_id"],
        "nonce": challenge["nonce"],
        "source_kind": SourceKind.DEMONSTRATION,
        "windows": (),
    }
    picture = np.full((128, 128, 3), 90, np.uint8)
    if noise:
        picture = np.random.default_rng(1).integers(0, 255, (320, 320, 3), np.uint8)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    frames = [EvidenceFrame(place * 67, jpeg) for place in range(max(1, noise))]
    return pack_evidence(EvidenceHeader(**header | changes), frames)


def segments(walker, challenge, evidence):
    """The sealed segments of evidence, as a client sends them."""
    names = ("session_id", "application_id", "borrower_id", "nonce")
    context = evidence_context(*(challenge[name] for name in names))
    return list(SealedStream(base64.b64decode(walker.lender["vault_public_key"]), evidence, context))


def sealed_evidence(walker, challenge, evidence):
    return b"".join(segments(walker, challenge, evidence))


def evidence_path(challenge):
    return f"/v1/liveness-sessions/{challenge['session_id']}/evidence"

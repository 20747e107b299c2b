"""A member of the lender's staff and what they sign in with."""

import re

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.loanapp.backend.walk import Wire

PASSWORD = "a long sentence of mine"


class Desk:
    """A member at a browser."""

    def __init__(self, http, lender, login, secret):
        self.wire = Wire(http.url, http.verify)
        self.lender, self.login, self.secret = lender, login, secret

    def code(self):
        return TOTP(self.secret, 6, SHA1(), 30).generate(int(self.lender.services.clock.now().timestamp())).decode()

    def sign_in(self, password=PASSWORD, code=None):
        form = {"login": self.login, "password": password, "code": code or self.code()}
        return self.wire.post("/console/sign-in", data=form, allow_redirects=False)

    def page(self, path="", status=200, **more):
        answer = self.wire.get(f"/console{path}", allow_redirects=False, **more)
        assert answer.status_code == status, answer.text
        return answer.text

    def form_token(self):
        return re.search('name="form_token" value="([^"]+)"', self.page())[1]

    def asked(self, path):
        """Which call or visit the page at ``path`` is about."""
        return re.search('name="record" value="([^"]+)"', self.page(path))[1]

    def send(self, path, **form):
        body = {"form_token": self.form_token()} | form
        return self.wire.post(f"/console{path}", data=body, allow_redirects=False)

"""Where a bank says that something became of a payment: signed with a shared secret, and believed nothing but the key.

The notice only wakes the payout, which asks the bank itself (docs/adapters.md); a forged or repeated one moves nothing.
"""

import hmac
import json
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

PATH: Final = "/bank/notices/payout"
SIGNATURE_HEADER: Final = "X-Notice-Signature"
SECRET_BYTES: Final = 32
_LONGEST: Final = 4096

router = APIRouter(include_in_schema=False)


def notice_signature(secret: bytes, body: bytes) -> str:
    """HMAC-SHA256 over the body's bytes, in hexadecimal."""
    return hmac.new(secret, body, sha256).hexdigest()


@router.post(PATH)
async def payout_notice(request: Request) -> Response:
    """204 for a notice that is signed, whether or not anything waits for it; 403 for any other, 422 for no notice."""
    services = request.app.state.services
    body = await request.body()
    sent = request.headers.get(SIGNATURE_HEADER, "")
    signed = hmac.compare_digest(sent.encode(), notice_signature(services.notice_secret, body).encode())
    if len(body) > _LONGEST or not signed:
        return Response(status_code=403)
    try:
        key = json.loads(body)["key"]
    except (ValueError, KeyError, TypeError):
        return Response(status_code=422)
    if isinstance(key, str):
        # The workflow's library does not work on an event loop's own thread.
        await run_in_threadpool(services.origination.payout_notice, key)
    return Response(status_code=204 if isinstance(key, str) else 422)

"""Gateways on loopback that speak as the vendors do: they check signatures and limits, and answer 200."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
from urllib.parse import quote

import msgspec
from aiohttp import web
from closing import put_away

from schemas.settings import Settings
from streams.hops.build import ways_out

ALIYUN_KEY = ("LTAIexample", "aliyun-key")
TENCENT_KEY = ("AKIDexample", "tencent-key")


def ways(**tables):
    """Every way out with these tables of `[channels.*]`, names with `_` for `-`."""
    office = tables.pop("office", {"signature": "西昌森防", "duty_phone": "08341234567"})
    channels = {name.replace("_", "-"): table for name, table in tables.items()}
    return ways_out(msgspec.convert({"office": office, "channels": channels}, Settings))


@contextlib.asynccontextmanager
async def served(answer):
    """Serve `answer(request)` at every path; yield the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", getattr(answer, "answer", answer))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await put_away(runner)


class Aliyun:
    """SendSms: the signature is computed from what arrived; one number may be asked for so often."""

    def __init__(self, *, code="OK", message="OK", most=50):
        self.code, self.message, self.most = code, message, most
        self.got = []

    async def answer(self, request):
        assert request.method == "POST"
        body = await request.read()
        header, query = request.headers, request.query
        if not self._genuine(request, body):
            return web.json_response({"Code": "SignatureDoesNotMatch", "Message": "no"}, status=400)
        assert header["x-acs-action"] == "SendSms"
        assert header["x-acs-version"] == "2017-05-25"
        self.got.append({**query, "TemplateParam": json.loads(query["TemplateParam"])})
        if len(self.got) > self.most:
            said = {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发天级流控Permits:50"}
            return web.json_response(said)
        return web.json_response({"Code": self.code, "Message": self.message, "BizId": "900^0"})

    def _genuine(self, request, body):
        given = request.headers["authorization"]
        names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
        asked = "\n".join(
            [
                "POST",
                "/",
                "&".join(f"{k}={quote(v, safe='-_.~')}" for k, v in sorted(request.query.items())),
                *(f"{name}:{request.headers[name].strip()}" for name in names),
                "",
                ";".join(names),
                hashlib.sha256(body).hexdigest(),
            ]
        )
        told = "ACS3-HMAC-SHA256\n" + hashlib.sha256(asked.encode()).hexdigest()
        right = hmac.new(ALIYUN_KEY[1].encode(), told.encode(), "sha256").hexdigest()
        return f"Credential={ALIYUN_KEY[0]}," in given and given.endswith(f"Signature={right}")


class Tencent:
    """SendSms 2021-01-11, TC3 over what arrived."""

    def __init__(self, *, code="Ok", error=None):
        self.code, self.error, self.got = code, error, []

    async def answer(self, request):
        body = await request.read()
        if not self._genuine(request, body):
            said = {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}}
            return web.json_response({"Response": said})
        payload = json.loads(body)
        self.got.append(payload)
        (number,) = payload["PhoneNumberSet"]
        state = {"PhoneNumber": number, "Code": self.code, "Message": f"for {number}", "SerialNo": "5000:1"}
        said = {"Error": self.error} if self.error else {"SendStatusSet": [state]}
        return web.json_response({"Response": {**said, "RequestId": "r"}})

    def _genuine(self, request, body):
        header = request.headers
        assert abs(int(header["x-tc-timestamp"]) - time.time()) < 300
        day = time.strftime("%Y-%m-%d", time.gmtime(int(header["x-tc-timestamp"])))
        lines = f"content-type:{header['content-type']}\nhost:{header['host']}\n"
        lines += f"x-tc-action:{header['x-tc-action'].lower()}\n"
        asked = f"POST\n/\n\n{lines}\ncontent-type;host;x-tc-action\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{day}/sms/tc3_request"
        told = f"TC3-HMAC-SHA256\n{header['x-tc-timestamp']}\n{scope}\n"
        told += hashlib.sha256(asked.encode()).hexdigest()
        key = f"TC3{TENCENT_KEY[1]}".encode()
        for word in (*scope.split("/"), told):
            key = hmac.digest(key, word.encode(), "sha256")
        return header["authorization"].endswith(f"Signature={key.hex()}")


class Robot:
    """A group robot: 20 messages a window, then a code that says too often; HTTP is 200 whatever happens."""

    def __init__(self, *, most_bytes, too_often, most=20, sign=""):
        self.most_bytes, self.too_often, self.most, self.sign = most_bytes, too_often, most, sign
        self.got, self.refused = [], 0

    async def answer(self, request):
        body = await request.json()
        assert body["msgtype"] == "markdown"
        text = body["markdown"].get("content") or body["markdown"]["text"]
        if self.sign and not self._genuine(request.query):
            return web.json_response({"errcode": 310000, "errmsg": "sign not match"})
        if len(text.encode()) > self.most_bytes:
            return web.json_response({"errcode": 40058, "errmsg": "too long"})
        if len(self.got) >= self.most:
            self.refused += 1
            return web.json_response({"errcode": self.too_often, "errmsg": "too often"})
        self.got.append(text)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    def _genuine(self, query):
        words = f"{query['timestamp']}\n{self.sign}".encode()
        right = base64.b64encode(hmac.new(self.sign.encode(), words, hashlib.sha256).digest()).decode()
        assert abs(int(query["timestamp"]) / 1000 - time.time()) < 3600
        return query["sign"] == right

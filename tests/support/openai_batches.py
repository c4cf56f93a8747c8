"""Files and batches of the OpenAI protocol, for the test server."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


@dataclass
class Batches:
    """``answer`` gives status and body for a request; a batch is done after ``looks`` looks.

    ``loses`` are numbers of requests, counted over all batches, that a batch expires without.
    ``spoil`` changes the content of result files. ``fails`` counts, by method and path without the
    id, how many of the next requests fail although what they ask for was done.
    """

    answer: Answer
    looks: int = 1
    loses: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)
    refuse: str = ""
    spoil: Callable[[bytes], bytes] | None = None
    fails: Counter[str] = field(default_factory=Counter)
    _files: dict[str, bytes] = field(default_factory=dict)
    _batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    _count: int = 0

    async def route(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The response to a request for files or batches; None for any other."""
        response = await self._done(request)
        asked = f"{request.method} {re.sub(r'(?<=s/)[a-z]+-[0-9]+', 'ID', request.path)}"
        if response is not None and self.fails[asked] > 0:
            self.fails[asked] -= 1
            return web.json_response({"error": {"message": "lost"}}, status=500)
        return response

    async def _done(self, request: web.BaseRequest) -> web.StreamResponse | None:
        method, path = request.method, request.path
        if (method, path) == ("POST", "/v1/files"):
            return await self._upload(request)
        if found := re.fullmatch(r"/v1/files/([\w-]+)/content", path):
            return web.Response(body=self._files[found[1]])
        if (method, path) == ("POST", "/v1/batches"):
            return web.json_response(self._created(json.loads(await request.read())))
        if (method, path) == ("GET", "/v1/batches"):
            newest = list(self._batches.values())[::-1]
            return web.json_response({"object": "list", "data": newest, "has_more": False})
        if found := re.fullmatch(r"/v1/batches/([\w-]+)", path):
            return web.json_response(self._looked_at(self._batches[found[1]]))
        return None

    async def _upload(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        boundary = request.headers["Content-Type"].partition("boundary=")[2].strip('"')
        for part in body.split(b"--" + boundary.encode()):
            head, _, content = part.partition(b"\r\n\r\n")
            if b"filename=" in head:
                name = self._kept(content.removesuffix(b"\r\n"))
                return web.json_response(
                    {
                        "id": name,
                        "object": "file",
                        "bytes": len(content),
                        "created_at": 0,
                        "filename": "requests.jsonl",
                        "purpose": "batch",
                        "status": "processed",
                    }
                )
        return web.json_response({"error": {"message": "no file"}}, status=400)

    def _kept(self, content: bytes) -> str:
        name = f"file-{len(self._files)}"
        self._files[name] = content
        return name

    def _created(self, body: dict[str, Any]) -> dict[str, Any]:
        name = f"batch-{len(self._batches)}"
        errors = {"object": "list", "data": [{"message": self.refuse}]} if self.refuse else None
        self._batches[name] = {
            "id": name,
            "object": "batch",
            "created_at": len(self._batches),
            "status": "failed" if self.refuse else "validating",
            "errors": errors,
            **body,
        }
        self.sizes.append(len(self._files[body["input_file_id"]].splitlines()))
        return self._batches[name]

    def _looked_at(self, batch: dict[str, Any]) -> dict[str, Any]:
        batch["looks"] = batch.get("looks", 0) + 1
        if batch["looks"] >= self.looks and batch["status"] in ("validating", "in_progress"):
            self._work(batch)
        elif batch["status"] == "validating":
            batch["status"] = "in_progress"
        return batch

    def _work(self, batch: dict[str, Any]) -> None:
        """Answer everything, last request first, since the protocol promises no order."""
        good, bad = [], []
        for text in reversed(self._files[batch["input_file_id"]].splitlines()):
            line = json.loads(text)
            self._count += 1
            result = {"id": f"result-{self._count}", "custom_id": line["custom_id"]}
            if self._count in self.loses:
                bad.append({**result, "response": None, "error": {"message": "expired"}})
                continue
            status, body = self.answer(line["body"])
            response = {"status_code": status, "request_id": "r", "body": body}
            (good if status == 200 else bad).append({**result, "response": response, "error": None})
        batch["status"] = "expired" if self.loses else "completed"
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                content = "\n".join(map(json.dumps, lines)).encode()
                batch[name] = self._kept(self.spoil(content) if self.spoil else content)

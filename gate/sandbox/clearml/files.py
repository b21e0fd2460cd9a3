"""The file server: upload by multipart form whose field names are paths, download with Range, delete."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gate.sandbox.clearml.auth import Door
from gate.sandbox.clearml.documents import new_id
from gate.sandbox.clearml.errors import Refused


def files(root: Path, door: Door) -> Starlette:
    """Serve the folder ``root``. Errors are plain texts, not the envelope of the API."""
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)

    def inside(path: str) -> Path:
        """The file a path names; 404 if that lies outside the folder."""
        place = (root / path.lstrip("/")).resolve()
        if not place.is_relative_to(root) or place == root:
            raise Refused(404, 0, "Not found")
        return place

    async def upload(request: Request) -> Response:
        door.admit_download(request.headers, request.cookies)
        async with request.form() as form:
            sent = [(name, item) for name, item in form.multi_items() if isinstance(item, UploadFile)]
            for name, item in sent:
                await run_in_threadpool(save, item, inside(name))
        return JSONResponse([name for name, _ in sent])

    def download(request: Request) -> Response:
        door.admit_download(request.headers, request.cookies)
        return FileResponse(found(inside(request.path_params["path"])))

    def delete(request: Request) -> Response:
        door.admit_download(request.headers, request.cookies)
        found(inside(request.path_params["path"])).unlink()
        return JSONResponse(request.path_params["path"])

    routes = [
        Route("/", upload, methods=["POST"]),
        Route("/{path:path}", download, methods=["GET"]),
        Route("/{path:path}", delete, methods=["DELETE"]),
    ]
    return Starlette(routes=routes, exception_handlers={Refused: refusal})


def found(place: Path) -> Path:
    if not place.is_file():
        raise Refused(404, 0, "Not found")
    return place


def save(item: UploadFile, place: Path) -> None:
    """Written beside its place first, so that a reader never sees half a file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{new_id()}")
    with draft.open("wb") as out:
        shutil.copyfileobj(item.file, out)
    os.replace(draft, place)


async def refusal(request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), error.code if isinstance(error, Refused) else 500)

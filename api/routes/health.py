"""`GET /healthz`, `GET /readyz` and `GET /version`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.context import refuse_unknown, service
from api.openapi import PROBLEMS
from api.responses import json_response
from api.schemas import HealthAnswer, ReadyAnswer, VersionAnswer
from search.index.base import SCHEMA_VERSION, IndexUnavailableError, Manifest

router = APIRouter(tags=["operation"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", response_model=HealthAnswer, responses=PROBLEMS, summary="Alive?")
async def healthz(request: Request) -> Response:
    """200 while the process lives."""
    refuse_unknown(request)
    return json_response({"status": "ok"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", response_model=ReadyAnswer, responses=PROBLEMS, summary="Ready?")
async def readyz(request: Request) -> Response:
    """200 once searches are answered; before that, and while the index cannot be reached, a 503 with the reason."""
    refuse_unknown(request)
    manifest = await run_in_threadpool(service(request).manifest)
    return json_response(
        {
            "status": "ready",
            "generation": manifest.generation,
            "trials": manifest.trials,
            "data_as_of": manifest.data_timestamp,
        }
    )


@router.get("/version", response_model=VersionAnswer, responses=PROBLEMS, summary="What is running")
async def get_version(request: Request) -> Response:
    """Version of the program and of the index it answers from."""
    refuse_unknown(request)
    manifest: Manifest | None = None
    try:
        manifest = await run_in_threadpool(service(request).manifest)
    except IndexUnavailableError:
        manifest = None
    return json_response(
        {
            "version": request.app.version,
            "schema_version": SCHEMA_VERSION,
            "generation": manifest.generation if manifest else None,
            "encoder": manifest.encoder_name if manifest else None,
            "trials": manifest.trials if manifest else None,
            "data_as_of": manifest.data_timestamp if manifest else None,
        }
    )

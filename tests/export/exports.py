"""Exports for the tests: into a stream, and into files, begun and resumed."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lead_tui.export.exporting import FileExport
from lead_tui.export.formats import FORMAT_BY_EXTENSION, Format, open_writer
from lead_tui.export.partial import Header, Json, PartialExport
from lead_tui.export.writer import Layout, Sink, Writer
from lead_tui.leads.lead import Row
from lead_tui.leads.page import Part

NOW = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)
REQUEST: Json = {"base_url": "https://api.example.com/v1", "filters": [["status", "NEW"]]}
HEADER = Header(REQUEST, NOW, NOW.date())


def rows(*leads: object) -> list[Row]:
    return [Row(lead if isinstance(lead, bytes) else json.dumps(lead).encode()) for lead in leads]


def part(*leads: object, number: int = 0) -> Part:
    return Part(rows(*leads), [number * 10 + each for each in range(len(leads))], {"page": number})


def exported(form: Format, pages: list[list[Row]], *columns: str, **sink_or_layout: Any) -> tuple[bytes, Writer]:
    """Return what an export of *pages* has written, and its writer."""
    stream = io.BytesIO()
    sink = {name: sink_or_layout.pop(name) for name in ("terminal", "width") if name in sink_or_layout}
    writer = open_writer(form, Sink(stream, **sink), NOW, Layout(columns, **sink_or_layout))
    for page in pages:
        writer.write(page)
    writer.close()
    return stream.getvalue(), writer


def _export(file: PartialExport, columns: tuple[str, ...], layout: dict[str, Any]) -> FileExport:
    return FileExport(file, FORMAT_BY_EXTENSION[file.target.suffix], Layout(columns, **layout))


def begin(target: Path, *columns: str, **layout: Any) -> FileExport:
    """Begin an export in the format of the extension of *target*."""
    return _export(PartialExport.begin(target, HEADER), columns, layout)


def resume(target: Path, *columns: str, **layout: Any) -> FileExport:
    return _export(PartialExport.begin(target, HEADER, resume=True), columns, layout)


def whole(target: Path, *pages: Part, columns: tuple[str, ...] = (), **layout: Any) -> FileExport:
    """Export *pages* without an interruption, over what is there."""
    export = begin(target, *columns, **layout)
    for page in pages:
        export.write_part(page)
    export.overwrite = True
    export.finish()
    return export


def names(target: Path) -> list[str]:
    """Return the names of all files in the folder of *target*."""
    return sorted(each.name for each in target.parent.iterdir())

"""The parts of an Excel workbook beside the rows of its sheets, as ECMA-376 describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lead_tui.export.workbook_cells import HEADER_STYLE, NUMBER_FORMATS, TEXT_STYLE, CutCount, text_cell

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BUILT_IN: Final = {"General": 0, "0": 1, "0.00": 2, "@": 49}
"""Numbers of the formats that every reader knows."""
_FIRST_CUSTOM_FORMAT: Final = 164


def package_parts(columns: int, leads: Sequence[int]) -> dict[str, str]:
    """Return the parts of a workbook with so many *leads* on each of its sheets, by their names in the archive."""
    numbers = range(1, len(leads) + 1)
    kinds = [("sheet.main", "workbook"), ("styles", "styles"), *(("worksheet", f"worksheets/sheet{number}") for number in numbers)]
    types = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for kind, name in kinds)
    relations = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers] + [("styles", "styles.xml")]
    names = ["Leads" if number == 1 else f"Leads {number}" for number in numbers]
    listed = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1))
    # LibreOffice knows a filter by its name only.
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"'{name}'!$A$1:${letters(columns)}${count + 1}</definedName>"
        for place, (name, count) in enumerate(zip(names, leads, strict=True))
    )
    defined = f"<definedNames>{filters}</definedNames>" if columns else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{defined}</workbook>',
        "xl/_rels/workbook.xml.rels": _relationships(relations),
        "xl/styles.xml": _styles(),
    }
    return {name: _DECLARATION + text for name, text in parts.items()}


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _styles() -> str:
    numbers = [_BUILT_IN.get(form, _FIRST_CUSTOM_FORMAT + style) for style, form in enumerate(NUMBER_FORMATS)]
    custom = [
        f'<numFmt numFmtId="{number}" formatCode="{form}"/>'
        for number, form in zip(numbers, NUMBER_FORMATS, strict=True)
        if form not in _BUILT_IN
    ]
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="{int(style == HEADER_STYLE)}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        ' applyFont="1"/>'
        for style, number in enumerate(numbers)
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(custom)}">{"".join(custom)}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(numbers)}">{styles}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet_begin(header: Sequence[str], widths: Sequence[int], kinds: Sequence[str]) -> bytes:
    """Return what stands before the rows of leads: the frozen *header*, if there is one, and the columns' *widths* and *kinds*."""
    if not header:
        return f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" style="{TEXT_STYLE if kind == "text" else 0}" customWidth="1"/>'
        for place, (width, kind) in enumerate(zip(widths, kinds, strict=True), 1)
    )
    cells = "".join(text_cell(name, f'<c r="{letters(place)}1"', CutCount(), HEADER_STYLE) for place, name in enumerate(header, 1))
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView>'
        f'</sheetViews><cols>{columns}</cols><sheetData><row r="1">{cells}</row>'
    ).encode("utf-8", "replace")


def sheet_end(columns: int, leads: int) -> bytes:
    """Return what stands after the rows of *leads*: the filter. Numbers that are text get no mark that offers to change them."""
    if not columns:
        return b"</sheetData></worksheet>"
    whole = f"A1:{letters(columns)}{leads + 1}"
    return (
        f'</sheetData><autoFilter ref="{whole}"/>'
        f'<ignoredErrors><ignoredError sqref="{whole}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    ).encode()


def letters(column: int) -> str:
    """Return the letters of a *column*, counted from 1."""
    found = ""
    while column:
        column, place = divmod(column - 1, 26)
        found = chr(ord("A") + place) + found
    return found

"""Leads as an Excel workbook, written as ECMA-376 describes it: the same, byte for byte, whenever it is created.

Counts and dates are cells to calculate with, everything else is text, whatever it looks like. A value becomes a number or a date
only if the cell shows exactly the text that was sent. An empty value has no cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import escape
from itertools import chain, islice
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lead_tui import limits
from lead_tui.export.assembled import AssembledWriter
from lead_tui.export.csv_text import format_cell
from lead_tui.export.values import LeadValues
from lead_tui.leads.fields import FIELD_BY_KEY, Kind
from lead_tui.leads.lead import as_text
from lead_tui.leads.text import cell_width, one_line

MAX_CHARACTERS: Final = 32_767  # of a cell, in units of UTF-16 ("Excel specifications and limits", Microsoft)
MAX_COLUMNS: Final = 16_384
MAX_DIGITS: Final = 15  # significant ones of a number
_LEVEL: Final = 1  # of compression: a quarter larger than with 6, in half the time
_MIN_WIDTH, _MAX_WIDTH = 8, 40  # characters of a column


class WorkbookWriter(AssembledWriter):
    """The chosen columns, or every observed field, as a workbook."""

    def _assemble(self, result: Path, values: LeadValues) -> None:
        try:
            self._write_book(result, values)
        except RuntimeError:
            # The sheet has more than 2 GB. Excel complains about an archive with zip64 fields that are not needed.
            self._write_book(result, values, is_large=True)

    def _write_book(self, path: Path, values: LeadValues, *, is_large: bool = False) -> None:
        """Write the workbook. Raises ``RuntimeError`` for a large sheet unless *is_large*."""
        # Imported here: it loads ``logging``.
        from concurrent.futures import ThreadPoolExecutor

        names = values.names
        if len(names) > MAX_COLUMNS:
            raise self._full(f"An Excel sheet has at most {MAX_COLUMNS:,} columns, not {len(names):,}", "choose fewer columns")
        columns = [_Column(place, name, self._layout.types) for place, name in enumerate(names, 1)]
        leads = self._leads(values)
        first = list(islice(leads, limits.WORKBOOK_MEASURED_ROWS))
        leads = chain(first, leads)
        widths = [_width(name, cells) for name, *cells in zip(names, *first, strict=True)]
        last = 1  # row
        with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
            # zlib lets other threads run: the next rows become XML while a thread deflates the previous ones.
            with book.open(SHEET, "w", force_zip64=is_large) as part, ThreadPoolExecutor(1, "deflate") as deflater:
                deflating = deflater.submit(part.write, _sheet_begin(names, widths, columns))
                while some := list(islice(leads, limits.WORKBOOK_AT_ONCE)):
                    rows = _rows(some, columns, last + 1)
                    last += len(some)
                    if last > (most := limits.MAX_LEADS_OF_WORKBOOK) + 1:
                        raise self._full(f"An Excel sheet has at most {most:,} leads", "choose another format")
                    deflating.result()
                    deflating = deflater.submit(part.write, rows)
                deflating.result()
                part.write(_sheet_end(len(names), last))
            for name, text in _other_parts(len(names), last).items():
                # A ``ZipInfo`` without a time: each part has the same one in every archive.
                book.writestr(ZipInfo(name), text, ZIP_DEFLATED, _LEVEL)
        if cut := sum(column.cut for column in columns):
            were = "1 value was" if cut == 1 else f"{cut:,} values were"
            self.notes.append(f"{were} cut to the {MAX_CHARACTERS:,} characters that an Excel cell holds")


def _rows(leads: Sequence[Sequence[object]], columns: Sequence[_Column], first: int) -> bytes:
    """Return *leads*, each the values of *columns*, as rows of a sheet from the number *first* on."""
    made = [column.cells(values) for column, values in zip(columns, zip(*leads, strict=True), strict=True)]
    lines = enumerate(map("".join, zip(*made, strict=True)), first)
    return "".join([f'<row r="{number}">{line.replace(ROW_MARK, str(number))}</row>' for number, line in lines]).encode(
        "utf-8", "replace"
    )


def _width(name: str, values: Iterable[object]) -> int:
    longest = max((cell_width(one_line(format_cell(value, raw=True))) for value in values), default=0)
    return min(max(longest + 2, cell_width(name) + 3, _MIN_WIDTH), _MAX_WIDTH)


_NUMBER_FORMATS: Final = (
    (0, ""), (49, ""), (49, ""), (167, "yyyy-mm-dd"), (168, "yyyy-mm-dd hh:mm:ss"),
    (1, ""), (170, "0.0"), (2, ""), (172, "0.000"), (173, "0.0000"),
)  # fmt: skip
"""By style: the default, text, the header (bold), dates, times, and numbers by their decimals; "" for one that all readers know."""
TEXT_STYLE, HEADER_STYLE, _DATE, _DATE_TIME, _NUMBER = range(1, 6)  # what is typed into a text cell later is text as well

ROW_MARK: Final = "\x1f"  # stands for the row's number in the references of its cells until all cells of the row are joined
_KINDS: Final = {Kind.COUNT: "number", Kind.DATE: "date", Kind.DATE_TIME: "date"}
_AFTER: Final = "</t></is></c>"

_PLAIN: Final = bytes(range(32, 256)).translate(None, b"&<>_\x7f")
"""Bytes of UTF-8 that need no escape in XML, except that ``_x`` may begin what looks like an escape."""

_number = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]{1,4}))?").fullmatch
_MIN_DATE: Final = "1900-03-01"  # Excel counts a February 29, 1900, so days before March are others in other programs
_DAY_ZERO: Final = date(1899, 12, 30).toordinal()
_SECONDS_A_DAY: Final = 86_400

# XML 1.0 cannot represent these; control characters and lone surrogates have already been removed (``format_cell``).
_NOT_IN_XML: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class _Column:
    """Makes the cells of the column *name*, at *place* on the sheet; *types* has those of custom attributes (``Layout``)."""

    def __init__(self, place: int, name: str, types: Mapping[str, str]) -> None:
        field = FIELD_BY_KEY.get(name)
        self.kind = types.get(name, "text") if field is None else _KINDS.get(field.kind, "text")
        self.cut = 0  # values that were longer than a cell
        self._reference = f'<c r="{_letters(place)}{ROW_MARK}"'

    def cells(self, values: Sequence[object]) -> list[str]:
        """Return a cell for each of *values*, "" for an empty one."""
        if self.kind == "text":
            return self._texts(values)
        reference = self._reference
        typed = list(map(_number_cell if self.kind == "number" else _date_cell, map(str, values)))
        if all(typed):
            return [reference + cell for cell in typed]
        texts = self._texts(["" if cell else value for cell, value in zip(typed, values, strict=True)])
        return [reference + cell if cell else text for cell, text in zip(typed, texts, strict=True)]

    def _texts(self, values: Sequence[object]) -> list[str]:
        """Return *values* as text cells. If none needs an escape, as in most columns, one look at all takes a fifth of the time."""
        try:
            joined = f"^{'^'.join(values)}^"  # type: ignore[arg-type]  # trying is the quickest way to find a value that is not text
        except TypeError:
            return self._texts(["" if value is None else value if isinstance(value, str) else as_text(value) for value in values])
        if len(joined) == len(values) + 1:
            return [""] * len(values)
        if _is_plain(joined, len(values)):
            before = f'{self._reference} s="{TEXT_STYLE}" t="inlineStr"><is><t>'
            return [f"{before}{value}{_AFTER}" if value else "" for value in values]
        return list(map(self._text, values))

    def _text(self, value: object) -> str:
        text = format_cell(value, raw=True)
        if len(text) > MAX_CHARACTERS // 2:
            fitting = text.encode("utf-16-le")[: 2 * MAX_CHARACTERS].decode("utf-16-le", "ignore")
            self.cut += fitting != text
            text = fitting
        return self._reference + _text_cell(text) if text else ""


def _is_plain(joined: str, count: int) -> bool:
    """Return whether none of the *count* values between the carets of *joined* needs an escape or a change."""
    # Three times as fast as ``isprintable``.
    rest = joined.encode("utf-8", "replace").translate(None, _PLAIN)
    # Not in a loop: this runs for every hundred values.
    return (
        not rest.strip(b"_\n")
        and (joined.isascii() or joined.replace("\n", "").isprintable())
        and not (b"_" in rest and "_x" in joined)
        and not (b"\n" in rest and ("^\n" in joined or "\n^" in joined))
        and not ("^ " in joined or " ^" in joined or "^null^" in joined)
        and joined.count("^") == count + 1
        and len(joined) < MAX_CHARACTERS // 2
    )


def _text_cell(text: str, style: int = TEXT_STYLE) -> str:
    """Return what follows the reference in a cell with *text*."""
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    text = _LOOKS_ESCAPED.sub("_x005F_", escape(text.translate(_NOT_IN_XML), quote=False))
    return f' s="{style}" t="inlineStr"><is><t{space}>{text}{_AFTER}'


@lru_cache(20_000)
def _number_cell(text: str) -> str:
    """Return the same for a number if a cell can show exactly *text*; else ""."""
    found = _number(text)
    if found is None or len(text) > MAX_DIGITS or (text[0] == "-" and not text.strip("-0.")):
        return ""
    return f' s="{_NUMBER + len(found[1] or "")}"><v>{text}</v></c>'


def _date_cell(text: str) -> str:
    """Return the same for a date or a date and a time; else ""."""
    day = _day(text[:10])
    if day and len(text) == 10:
        return f' s="{_DATE}"><v>{day}</v></c>'
    time = _time(text[10:])
    return f' s="{_DATE_TIME}"><v>{day}{time}</v></c>' if day and time else ""


@lru_cache(20_000)
def _day(text: str) -> int:
    """Return Excel's number of a day; 0 if it has none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return 0
    return day.toordinal() - _DAY_ZERO if str(day) == text >= _MIN_DATE else 0


@lru_cache(_SECONDS_A_DAY)
def _time(text: str) -> str:
    """Return " HH:MM:SS" as a fraction of a day, from the decimal point on; "" for any other text."""
    if not re.fullmatch(" (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]", text):
        return ""
    return f"{(int(text[1:3]) * 3600 + int(text[4:6]) * 60 + int(text[7:])) / _SECONDS_A_DAY:.12f}"[1:]


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET: Final = "xl/worksheets/sheet1.xml"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _other_parts(columns: int, rows: int) -> dict[str, str]:
    """Return the parts of a workbook besides its sheet, which has these numbers of *columns* and *rows*, by their names."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        # LibreOffice recognizes a filter only by its name.
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Leads" sheetId="1" r:id="rId1"/>'
        '</sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        f"'Leads'!$A$1:${_letters(columns)}${rows}</definedName></definedNames></workbook>",
        "xl/styles.xml": _styles(),
    }
    return {name: _DECLARATION + text for name, text in parts.items()}


def _styles() -> str:
    custom = [f'<numFmt numFmtId="{number}" formatCode="{form}"/>' for number, form in _NUMBER_FORMATS if form]
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="{int(style == HEADER_STYLE)}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        ' applyFont="1"/>'
        for style, (number, _) in enumerate(_NUMBER_FORMATS)
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(custom)}">{"".join(custom)}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_NUMBER_FORMATS)}">{styles}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet_begin(header: Sequence[str], widths: Sequence[int], columns: Sequence[_Column]) -> bytes:
    """Return the beginning of a sheet, before the leads: the frozen *header*, and the *columns* with *widths*."""
    listed = "".join(
        f'<col min="{place}" max="{place}" width="{width}" style="{TEXT_STYLE if column.kind == "text" else 0}" customWidth="1"/>'
        for place, (width, column) in enumerate(zip(widths, columns, strict=True), 1)
    )
    cells = "".join(
        f'<c r="{_letters(place)}1"{_text_cell(title[: MAX_CHARACTERS // 2], HEADER_STYLE)}'
        for place, name in enumerate(header, 1)
        if (title := format_cell(" ".join(name.splitlines()), raw=True))
    )
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView>'
        f'</sheetViews><cols>{listed}</cols><sheetData><row r="1">{cells}</row>'
    ).encode("utf-8", "replace")


def _sheet_end(columns: int, rows: int) -> bytes:
    """Return the end of a sheet: the filter; and no marks that offer to convert numbers that are text."""
    whole = f"A1:{_letters(columns)}{rows}"
    return (
        f'</sheetData><autoFilter ref="{whole}"/>'
        f'<ignoredErrors><ignoredError sqref="{whole}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    ).encode()


def _letters(column: int) -> str:
    """Return the letters of a *column*, counted from 1."""
    before, place = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + place)

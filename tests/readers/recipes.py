"""How other programs read a file of leads: with default settings, and so that nothing is lost. Each file is ``leads.FORM``."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from lead_tui.export.formats import Format

PYTHON: Final = {
    "pandas": "import pandas as pd; f = {}; rows = [list(f.columns), *f.astype(object).where(f.notna(), None).values.tolist()]",
    "polars": "import polars as pl; f = {}; rows = [f.columns, *map(list, f.rows())]",
    "duckdb": 'import duckdb; f = duckdb.sql("""{}"""); rows = [f.columns, *map(list, f.fetchall())]',
    "pyarrow": "import pyarrow as pa; from pyarrow import csv, json as js, parquet; f = {}; "
    "rows = [f.schema.names, *map(list, zip(*(c.to_pylist() for c in f.columns)))]",
    "openpyxl": "import openpyxl; rows = list(map(list, {}))",
    "python-calamine": "from python_calamine import CalamineWorkbook; rows = {}",
}
"""What makes rows, the header first, of what a recipe returns."""
COMMANDS: Final = {
    "csvkit": "csvjson --version",
    "sqlite-utils": "sqlite-utils --version",
    "visidata": "vd --version",
    "R": "R --version",
    "miller": "mlr --version",
    "sqlite3": "sqlite3 --version",
    "LibreOffice": "soffice --version",
    "gnumeric": "ssconvert --version",
}
"""Programs of the shell, and what prints their version. The first three are on PyPI; the others are used if they are installed."""
PACKAGES: Final = (*PYTHON, "csvkit", "sqlite-utils", "visidata", "fastexcel")
"""On PyPI."""

R: Final = """Rscript -e 'f <- {}; cat(jsonlite::toJSON(list(names(f), f), dataframe = "values", na = "null", digits = NA))'"""


class Recipe(NamedTuple):
    """How *program* reads the file: *at_first* and *right*. Its *output* is rows, records of JSON, or CSV, which has no null."""

    program: str
    form: Format
    at_first: str
    right: str
    output: Literal["rows", "json", "csv"] = "rows"


_SQL: Final = '"SELECT * FROM leads", sqlite3.connect("leads.sqlite")'
_CALC: Final = "soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true' --outdir out "
_R_SQL: Final = 'DBI::dbReadTable(DBI::dbConnect(RSQLite::SQLite(), "leads.sqlite"), "leads"{})'

RECIPES: Final = (
    Recipe("pandas", "csv", 'pd.read_csv("leads.csv")', 'pd.read_csv("leads.csv", dtype=str, keep_default_na=False)'),
    Recipe("polars", "csv", 'pl.read_csv("leads.csv")', 'pl.read_csv("leads.csv", infer_schema=False, empty_string_is_null=False)'),
    Recipe("duckdb", "csv", "FROM 'leads.csv'", "FROM read_csv('leads.csv', all_varchar=true, nullstr='no such text')"),
    Recipe(
        "pyarrow",
        "csv",
        'csv.read_csv("leads.csv")',
        'csv.read_csv("leads.csv", parse_options=csv.ParseOptions(newlines_in_values=True), '
        "convert_options=csv.ConvertOptions(column_types={n: pa.string() "
        'for n in open("leads.csv").readline().strip().split(",")}))',
    ),
    Recipe(
        "R",
        "csv",
        'read.csv("leads.csv")',
        'read.csv("leads.csv", colClasses = "character", na.strings = character(), check.names = FALSE)',
    ),
    Recipe("csvkit", "csv", "csvjson leads.csv", "csvjson --no-inference --blanks leads.csv", "json"),
    Recipe(
        "sqlite-utils",
        "csv",
        "sqlite-utils insert new.db leads leads.csv --csv --silent && sqlite-utils rows new.db leads",
        "sqlite-utils insert new.db leads leads.csv --csv --no-detect-types --silent && sqlite-utils rows new.db leads",
        "json",
    ),
    Recipe("miller", "csv", "mlr --icsv --ojson cat leads.csv", "mlr -S --icsv --ojson cat leads.csv", "json"),
    Recipe("sqlite3", "csv", *2 * ('sqlite3 -json :memory: ".import --csv leads.csv leads" "SELECT * FROM leads"',), "json"),
    Recipe(
        "LibreOffice",
        "csv",
        _CALC + "leads.csv >&2; cat out/leads.csv",
        _CALC + "--infilter=\"CSV:44,34,76,1,$(seq -s/ -f '%g/2' 1 99)\" leads.csv >&2; cat out/leads.csv",
        "csv",
    ),
    Recipe("visidata", "csv", *2 * ("vd --batch leads.csv --output out.json >&2; cat out.json",), "json"),
    Recipe(
        "pandas",
        "jsonl",
        'pd.read_json("leads.jsonl", lines=True)',
        'pd.read_json("leads.jsonl", lines=True, dtype=False, convert_dates=False)',
    ),
    Recipe("polars", "jsonl", 'pl.read_ndjson("leads.jsonl")', 'pl.read_ndjson("leads.jsonl", infer_schema_length=None)'),
    Recipe("R", "jsonl", *2 * ('jsonlite::stream_in(file("leads.jsonl"), verbose = FALSE)',)),
    Recipe("miller", "jsonl", *2 * ("mlr --ijsonl --ojson cat leads.jsonl",), "json"),
    Recipe("pandas", "sqlite", *2 * (f"pd.read_sql({_SQL})",)),
    Recipe("polars", "sqlite", f"pl.read_database({_SQL})", f"pl.read_database({_SQL}, infer_schema_length=None)"),
    Recipe("R", "sqlite", _R_SQL.format(""), _R_SQL.format(", check.names = FALSE")),
    Recipe("sqlite-utils", "sqlite", *2 * ("sqlite-utils rows leads.sqlite leads",), "json"),
    Recipe("sqlite3", "sqlite", *2 * ('sqlite3 -json leads.sqlite "SELECT * FROM leads"',), "json"),
    Recipe("pandas", "parquet", *2 * ('pd.read_parquet("leads.parquet")',)),
    Recipe("polars", "parquet", *2 * ('pl.read_parquet("leads.parquet")',)),
    Recipe("duckdb", "parquet", *2 * ("FROM 'leads.parquet'",)),
    Recipe("pyarrow", "parquet", *2 * ('parquet.read_table("leads.parquet")',)),
    Recipe("pandas", "xlsx", 'pd.read_excel("leads.xlsx")', 'pd.read_excel("leads.xlsx", dtype=str, keep_default_na=False)'),
    Recipe("polars", "xlsx", 'pl.read_excel("leads.xlsx")', 'pl.read_excel("leads.xlsx", infer_schema_length=0)'),
    Recipe("openpyxl", "xlsx", *2 * ('openpyxl.load_workbook("leads.xlsx").active.iter_rows(values_only=True)',)),
    Recipe("python-calamine", "xlsx", *2 * ('CalamineWorkbook.from_path("leads.xlsx").get_sheet_by_index(0).to_python()',)),
    Recipe("R", "xlsx", 'readxl::read_excel("leads.xlsx")', 'readxl::read_excel("leads.xlsx", guess_max = 1e6)'),
    Recipe("csvkit", "xlsx", "in2csv leads.xlsx", "in2csv --no-inference --blanks leads.xlsx", "csv"),
    Recipe("LibreOffice", "xlsx", *2 * (_CALC + "leads.xlsx >&2; cat out/leads.csv",), "csv"),
    Recipe(
        "gnumeric", "xlsx", *2 * ("ssconvert -O format=preserve --export-type Gnumeric_stf:stf_assistant leads.xlsx fd://1",), "csv"
    ),
)

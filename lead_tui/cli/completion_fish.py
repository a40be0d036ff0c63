"""Completion for fish, which quotes what it is offered."""

from __future__ import annotations

from typing import Final

from lead_tui.cli.completion_data import CompletionData, Flag, Value, Verb, filled
from lead_tui.cli.options import APP

_SCRIPT: Final = r"""# Completion of lead-tui for fish: a file lead-tui.fish in ~/.config/fish/completions

function __lead_tui_words -d 'The words before the cursor, without quotes'
    commandline -opc
end

function __lead_tui_verb -d 'The command, nothing for the app'
    set -l words (__lead_tui_words)
    contains -- "$words[2]" @VERB_NAMES@; and echo $words[2]
end

function __lead_tui_of -d 'Whether the command is one of those given; "" is the app'
    set -l verb (__lead_tui_verb)
    contains -- "$verb" $argv
end

function __lead_tui_at -d 'Whether so many words are there'
    test (count (__lead_tui_words)) -eq $argv[1]
end

function __lead_tui_doing -d 'Whether one of those given is to be done with the saved queries'
    set -l words (__lead_tui_words)
    test (count $words) -eq 3; and test "$words[2]" = queries; and contains -- $words[3] $argv
end

function __lead_tui_names -d 'The names that lead-tui lists when it is called with what is given'
    set -l words (__lead_tui_words)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l where (string match -- '--config-dir=*' $words)
    if set -l at (contains -i -- --config-dir $words)
        set where --config-dir=$words[(math $at + 1)]
    end
    # fish leaves a ~ at the beginning as it is: another home's path would be taken for the name.
    command $program $argv $where 2>/dev/null </dev/null | string replace -r '\t.*' '' | string match -v '~*'
end

function __lead_tui_columns -d 'What has been typed of the columns, with one more'
    set -l typed (commandline -ct | string replace -r '^--columns=' '')
    set -l chosen (string replace -r '[^,]*$' '' -- $typed)
    for column in @COLUMNS@
        contains -- $column (string split , -- $chosen); or echo $chosen$column
    end
end

function __lead_tui_filters -d 'The names of the filters, or the values of the one that is typed'
    switch (commandline -ct)
@FILTERS@
        case '*=*'
        case '*'
            printf '%s\n' @FILTER_NAMES@
    end
end

complete -c lead-tui -f
@VERBS@
complete -c lead-tui -n '__lead_tui_of @FILTERED@' -a '(__lead_tui_filters)'
complete -c lead-tui -n '__lead_tui_of queries; and __lead_tui_at 2' -a '@ACTION_NAMES@'
complete -c lead-tui -n '__lead_tui_doing @NAMED@' -a '(__lead_tui_names queries list)'
complete -c lead-tui -n '__lead_tui_doing @FILES@' -F
complete -c lead-tui -n '__lead_tui_of completion; and __lead_tui_at 2' -a '@SHELLS@'
@FLAGS@
"""

_TAKES: Final = {
    Value.NOTHING: "",
    Value.ANYTHING: " -x",
    Value.QUERY: " -x -a '(__lead_tui_names queries list)'",
    Value.PROFILE: " -x -a '(__lead_tui_names completion profiles)'",
    Value.COLUMNS: " -x -a '(__lead_tui_columns)'",
    Value.FILE: " -r -F",
    Value.DIRECTORY: ' -x -a \'(__fish_complete_directories (commandline -ct | string replace -r "^--[a-z-]+=" ""))\'',
}


def script(found: CompletionData) -> str:
    """The script."""
    verbs_of: dict[Flag, list[Verb]] = {}
    for verb in found.verbs:
        for flag in verb.flags:
            verbs_of.setdefault(flag, []).append(verb)
    filters = [
        f"        case '{name}=*'\n            printf '%s\\n' {' '.join(_quoted(f'{name}={value}') for value in values)}"
        for name, values in found.filters.items()
        if values
    ]
    parts = {
        "FILTERS": "\n".join(filters),
        "FILTERED": " ".join(verb.name or '""' for verb in found.verbs if verb.takes_filters),
        "NAMED": " ".join(action for action, value in found.actions.items() if value is Value.QUERY),
        "FILES": " ".join(action for action, value in found.actions.items() if value is Value.FILE),
        "VERBS": "\n".join(
            f"complete -c lead-tui -n '__lead_tui_at 1' -a {verb.name} -d {_quoted(verb.sentence)}"
            for verb in found.verbs
            if verb.name != APP
        ),
        "FLAGS": "\n".join(_flag(flag, verbs) for flag, verbs in verbs_of.items()),
    }
    return filled(_SCRIPT, found, parts)


def _flag(flag: Flag, verbs: list[Verb]) -> str:
    of = " ".join(verb.name or '""' for verb in verbs)
    name = f"-l {flag.name[2:]}" if flag.name.startswith("--") else f"-s {flag.name[1:]}"
    takes = f" -x -a '{' '.join(flag.words)}'" if flag.value is Value.WORD else _TAKES[flag.value]
    return f"complete -c lead-tui -n '__lead_tui_of {of}' {name}{takes} -d {_quoted(flag.sentence)}"


def _quoted(text: str) -> str:
    # Within single quotes fish reads a backslash before a quote or a backslash.
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

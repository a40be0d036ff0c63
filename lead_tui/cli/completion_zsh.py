"""Completion for zsh, which quotes what it is offered for the place where it will stand."""

from __future__ import annotations

from typing import Final

from lead_tui.cli.completion_data import CompletionData, Flag, Value, Verb, filled, names
from lead_tui.cli.options import APP

_SCRIPT: Final = r"""#compdef lead-tui
# Completion of lead-tui for zsh: a file _lead-tui in a directory of $fpath, or, behind compinit: eval "$(lead-tui completion zsh)"

# Offers the names that lead-tui lists when it is called with the arguments behind the first two: their tag and what they are.
_lead_tui_names() {
    local expl tag=$1 what=$2
    local -a names where
    shift 2
    (( ${+opt_args[--config-dir]} )) && where=(--config-dir=${(Q)opt_args[--config-dir]})
    names=(${(f)"$(command $lead_tui_program "$@" $where </dev/null 2>/dev/null)"})
    names=(${names%%$'\t'*})
    _wanted $tag expl $what compadd -a - names
}

_lead_tui_queries() {
    _lead_tui_names queries 'saved query' queries list
}

_lead_tui_profiles() {
    _lead_tui_names profiles profile completion profiles
}

_lead_tui_column() {
    compadd "$@" - @COLUMNS@
}

_lead_tui_columns() {
    _sequence _lead_tui_column
}

_lead_tui_filters() {
    local expl name=${PREFIX%%=*}
    if compset -P '*='; then
        case $name in
@FILTERS@
            *) _message value ;;
        esac
        return
    fi
    _wanted filters expl filter compadd -S '' - @FILTER_NAMES@
}

_lead_tui_of() {
    local -a options
    case $1 in
@FLAGS@
    esac
    case $1 in
        @FILTERED@) _arguments : $options '*:filter:_lead_tui_filters' ;;
        queries) _arguments : $options '1:action:(@ACTION_NAMES@)' '2: :_lead_tui_target' ;;
        completion) _arguments : $options '1:shell:(@SHELLS@)' ;;
        *) _arguments : $options ;;
    esac
}

_lead_tui_target() {
    case $line[1] in
@ACTIONS@
    esac
}

_lead_tui() {
    local curcontext=$curcontext state state_descr lead_tui_program=${(Q)words[1]} verb
    local -a line verbs
    local -A opt_args
    lead_tui_program=${lead_tui_program/#\~\//$HOME/}
    verbs=(
@VERBS@
    )
    if (( CURRENT > 2 )) && [[ -n ${(M)verbs:#${words[2]}:*} ]]; then
        verb=$words[2]
        shift words
        (( CURRENT-- ))
        _lead_tui_of $verb
        return
    fi
    local result=1
    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
        _describe -t commands command verbs && result=0
    fi
    _lead_tui_of '' && result=0
    return result
}

if [[ $funcstack[1] == _lead-tui ]]; then
    _lead_tui "$@"
else
    compdef _lead_tui lead-tui
fi
"""

_ACTIONS: Final = {
    Value.ANYTHING: "{what}: ",
    Value.QUERY: "saved query:_lead_tui_queries",
    Value.PROFILE: "profile:_lead_tui_profiles",
    Value.COLUMNS: "columns:_lead_tui_columns",
    Value.FILE: "file:_files",
    Value.DIRECTORY: "directory:_files -/",
}


def script(found: CompletionData) -> str:
    """The script."""
    parts = {
        "FILTERS": "\n".join(
            f"            {name}) _wanted values expl value compadd - {' '.join(map(_quoted, values))} ;;"
            for name, values in found.filters.items()
            if values
        ),
        "FLAGS": "\n".join(map(_flags, found.verbs)),
        "FILTERED": "|".join(verb.name or "''" for verb in found.verbs if verb.takes_filters),
        "ACTIONS": "\n".join(
            f"        {action}) {'_lead_tui_queries' if value is Value.QUERY else '_files'} ;;"
            for action, value in found.actions.items()
            if value is not Value.NOTHING
        ),
        "VERBS": "\n".join(
            f"        {_quoted(verb.name + ':' + verb.sentence.replace(':', chr(92) + ':'))}"
            for verb in found.verbs
            if verb.name in names(found)
        ),
    }
    return filled(_SCRIPT, found, parts)


def _flags(verb: Verb) -> str:
    name = "''" if verb.name == APP else verb.name
    return (
        f"        {name}) options=(\n" + "\n".join(f"            {_quoted(_spec(flag))}" for flag in verb.flags) + "\n        ) ;;"
    )


def _spec(flag: Flag) -> str:
    said = flag.sentence
    for special in "\\[]:":
        said = said.replace(special, f"\\{special}")
    if flag.value is Value.NOTHING:
        return f"{flag.name}[{said}]"
    if flag.value is Value.WORD:
        action = f"{flag.name.lstrip('-')}:({' '.join(flag.words)})"
    else:
        action = _ACTIONS[flag.value].format(what=flag.name.lstrip("-"))
    # With = a value may stand in a word of its own or behind the sign; a short option's is never behind one.
    return f"{flag.name}{'=' if flag.name.startswith('--') else ''}[{said}]:{action}"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"

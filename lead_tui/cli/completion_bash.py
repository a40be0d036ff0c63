"""Completion for bash.

The line is read anew instead of taking bash's words: those are cut at every ``=`` and ``:``, and keep their quotes. What is offered
is quoted for the place where it will stand: bare, or within the quotes that are open there.
"""

from __future__ import annotations

from typing import Final

from lead_tui.cli.completion_data import CompletionData, Flag, Value, Verb, filled, names
from lead_tui.cli.options import APP

_SCRIPT: Final = r"""# Completion of lead-tui for bash. In ~/.bashrc: eval "$(lead-tui completion bash)"

# Reads the line up to the cursor. Sets words (without quotes), cur (the last one), kept (what of it stays, since bash completes
# from behind it), quote (the one that is open) and file (not empty where a file's name is being typed behind < or >).
_lead_tui_read() {
    local line=${COMP_LINE:0:COMP_POINT} character begun='' i
    words=() cur='' kept='' quote='' file=''
    for ((i = 0; i < ${#line}; i++)); do
        character=${line:i:1}
        if [[ $quote == \' && $character != \' ]]; then
            cur+=$character
        elif [[ $quote == \" && $character == \\ && ${line:i+1:1} == [\\\"\$\`] ]]; then
            ((++i))
            cur+=${line:i:1}
        elif [[ $quote == \" && $character != \" ]]; then
            cur+=$character
        elif [[ $quote ]]; then
            quote='' kept=$cur
        elif [[ $character == [\'\"] ]]; then
            quote=$character kept=$cur begun=1
        elif [[ $character == \\ ]]; then
            ((++i))
            cur+=${line:i:1} begun=1
        elif [[ $character == [[:space:]\<\>] ]]; then
            [[ $begun && ! $file ]] && words+=("$cur")
            [[ $begun ]] && file=''
            [[ $character == [\<\>] ]] && file=1
            cur='' kept='' begun=''
        else
            cur+=$character begun=1
            [[ $COMP_WORDBREAKS == *"$character"* ]] && kept=$cur
        fi
    done
}

# Offers those of the words given that begin with what has been typed, quoted. The first argument stands before each of them.
_lead_tui_offer() {
    local before=$1 word rest
    shift
    for word; do
        word=$before$word
        [[ $word == "$cur"* ]] || continue
        rest=${word:${#kept}}
        case $quote in
            \') rest=${rest//\'/\'\\\'\'} ;;
            \")
                rest=${rest//\\/\\\\} rest=${rest//\"/\\\"} rest=${rest//\$/\\\$} rest=${rest//\`/\\\`}
                # History is looked at within double quotes, too.
                rest=${rest//\!/\"\'!\'\"}
                ;;
            *) [[ $rest ]] && printf -v rest %q "$rest" ;;
        esac
        # One that begins with the quote would take the place of the opening one.
        [[ $quote && $rest == "$quote"* ]] && rest=$quote$rest
        COMPREPLY+=("$rest")
    done
    # bash closes the quote only where it does not think that it is closed already.
    [[ ${#COMPREPLY[@]} -eq 1 && $quote ]] && COMPREPLY[0]+=$quote
    return 0
}

# The same where more is typed behind what is offered.
_lead_tui_begin() {
    _lead_tui_offer "$@"
    if [[ ${#COMPREPLY[@]} -eq 1 ]]; then
        compopt -o nospace 2>/dev/null
        [[ $quote ]] && COMPREPLY[0]=${COMPREPLY[0]%?}
    fi
    return 0
}

# Offers files (-f) or directories (-d); the second argument stands before each of them.
_lead_tui_paths() {
    local path
    while IFS= read -r path; do
        path=$2$path
        COMPREPLY+=("${path:${#kept}}")
    done < <(compgen "$1" -- "${cur:${#2}}")
    compopt -o filenames 2>/dev/null
}

# Offers the names that lead-tui lists when it is called with the rest of the arguments, a line each, behind the first one.
_lead_tui_names() {
    local before=$1 name program=${words[0]} directory='' i found=()
    shift
    for ((i = 1; i < ${#words[@]}; i++)); do
        case ${words[i]} in
            --config-dir=*) directory=${words[i]#*=} ;;
            --config-dir) directory=${words[i+1]-} ;;
        esac
    done
    while IFS=$'\t' read -r name _; do
        [[ $name ]] && found+=("$name")
    done < <(command "${program/#\~\//$HOME/}" "$@" ${directory:+"--config-dir=$directory"} </dev/null 2>/dev/null)
    _lead_tui_offer "$before" "${found[@]}"
}

_lead_tui_columns() {
    local before=$1 chosen=${cur#"$1"} column left=()
    [[ $chosen == *,* ]] && chosen=${chosen%,*}, || chosen=''
    for column in @COLUMNS@; do
        [[ ,$chosen == *,"$column",* ]] || left+=("$column")
    done
    _lead_tui_begin "$before$chosen" "${left[@]}"
}

# Offers what the option $2 of the command $1 takes, behind $3; 1 where it takes nothing.
_lead_tui_value() {
    case $1,$2 in
@VALUES@
        *) return 1 ;;
    esac
    return 0
}

_lead_tui_filters() {
    case $cur in
@FILTERS@
        *=*) ;;
        *) _lead_tui_begin '' @FILTER_NAMES@ ;;
    esac
}

_lead_tui() {
    local words cur kept quote file verb='' IFS=$' \t\n'
    COMPREPLY=()
    _lead_tui_read
    while [[ ${words[0]-} == [A-Za-z_]*=* ]]; do words=("${words[@]:1}"); done
    [[ ${#words[@]} -gt 0 ]] || return 0
    if [[ $file ]]; then
        _lead_tui_paths -f ''
        return 0
    fi
    case ${words[1]-} in
        @VERBS@) verb=${words[1]} ;;
    esac
    if [[ $cur == --*=* ]]; then
        _lead_tui_value "$verb" "${cur%%=*}" "${cur%%=*}="
        return 0
    fi
    if [[ ${#words[@]} -gt 1 ]] && _lead_tui_value "$verb" "${words[${#words[@]}-1]}" ''; then
        return 0
    fi
    if [[ $cur == -* ]]; then
        case $verb in
@FLAGS@
        esac
        return 0
    fi
    [[ ${#words[@]} -eq 1 ]] && _lead_tui_offer '' @VERB_NAMES@
    case $verb in
        @FILTERED@) _lead_tui_filters ;;
        queries) case ${words[2]-} in
@ACTIONS@
            *) [[ ${#words[@]} -eq 2 ]] && _lead_tui_offer '' @ACTION_NAMES@ ;;
        esac ;;
        completion) [[ ${#words[@]} -eq 2 ]] && _lead_tui_offer '' @SHELLS@ ;;
    esac
    return 0
}

complete -F _lead_tui lead-tui
"""

_OFFERS: Final = {
    Value.QUERY: "_lead_tui_names {before} queries list",
    Value.PROFILE: "_lead_tui_names {before} completion profiles",
    Value.COLUMNS: "_lead_tui_columns {before}",
    Value.FILE: "_lead_tui_paths -f {before}",
    Value.DIRECTORY: "_lead_tui_paths -d {before}",
    Value.ANYTHING: ":",
}


def script(found: CompletionData) -> str:
    """The script."""
    filters = [
        f"        {name}=*) _lead_tui_offer {name}= {' '.join(map(_quoted, values))} ;;"
        for name, values in found.filters.items()
        if values
    ]
    actions = [
        f"            {action}) [[ ${{#words[@]}} -eq 3 ]] && {_offer(value, chr(39) * 2)} ;;"
        for action, value in found.actions.items()
        if value is not Value.NOTHING
    ]
    parts = {
        "VALUES": "\n".join(line for verb in found.verbs for line in _values(verb)),
        "FILTERS": "\n".join(filters),
        "VERBS": "|".join(names(found)),
        "FLAGS": "\n".join(
            f"            {verb.name or _EMPTY}) _lead_tui_offer '' {' '.join(flag.name for flag in verb.flags)} ;;"
            for verb in found.verbs
        ),
        "FILTERED": "|".join(verb.name or _EMPTY for verb in found.verbs if verb.takes_filters),
        "ACTIONS": "\n".join(actions),
    }
    return filled(_SCRIPT, found, parts)


_EMPTY: Final = "''"


def _values(verb: Verb) -> list[str]:
    name = "" if verb.name == APP else verb.name
    return [
        f"        {name},{flag.name}) {_offer(flag.value, chr(34) + '$3' + chr(34), flag)} ;;"
        for flag in verb.flags
        if flag.value is not Value.NOTHING
    ]


def _offer(value: Value, before: str, flag: Flag | None = None) -> str:
    if value is Value.WORD and flag is not None:
        return f"_lead_tui_offer {before} {' '.join(flag.words)}"
    return _OFFERS[value].format(before=before)


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word

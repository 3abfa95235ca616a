"""bash, zsh and fish: the scripts that ask numctl what to complete, and words as each shell quotes them.

zsh and fish hand over words without quotes and quote what they insert themselves. bash hands over the
line as it was typed, and takes text to put in place of what it believes to be the last word; where
that begins depends on quotes, colons and equals signs, so reading and quoting are done here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from numctl.core.errors import BadValue

BASH = """\
# Completion of numctl for bash 4.4 or newer.
_numctl_completion() {
    local answer
    mapfile -t answer < <(
        _NUMCTL_COMPLETE=bash "${1/#\\~/$HOME}" "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null
    )
    [[ ${answer[0]} == files ]] && compopt -o default
    COMPREPLY=("${answer[@]:1}")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace
}
complete -F _numctl_completion numctl
"""

ZSH = """\
#compdef numctl
# Completion of numctl for zsh.
_numctl() {
    local line word
    local -a before answer words_ shown unended
    before=("${(@Q)words[2,CURRENT-1]}")
    [[ $PREFIX == --*=* ]] && { before+=("${PREFIX%%=*}"); compset -P 1 '*=' }
    answer=("${(@f)$(
        _NUMCTL_COMPLETE=zsh "${(Q)words[1]/#\\~/$HOME}" "${before[@]}" "${(Q)PREFIX}" 2>/dev/null </dev/null
    )}")
    if [[ $answer[1] == files ]]; then
        _files
        return
    fi
    for line in "${(@)answer[2,-1]}"; do
        word=${line%%$'\\t'*}
        words_+=("$word")
        shown+=("${line/$'\\t'/  -- }")
    done
    (( $#words_ )) || return
    [[ $#words_ == 1 && $words_[1] == *[=:] ]] && unended=(-S '')
    compadd "${(@)unended}" -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -l -d shown -a -- words_ ||
        compadd "${(@)unended}" -U -l -d shown -a -- words_
}
if [[ $funcstack[1] == _numctl ]]; then
    _numctl "$@"
else
    compdef _numctl numctl
fi
"""

FISH = """\
# Completion of numctl for fish 3.0 or newer.
function __numctl_completion
    set -l before (commandline -opc)
    set -l token (commandline -ct)
    set -l start (string unescape -- $token; or string unescape -- $token\\'; or string unescape -- $token\\")
    set -l answer (_NUMCTL_COMPLETE=fish $before[1] $before[2..-1] "$start" 2>/dev/null </dev/null)
    if test "$answer[1]" = files
        __fish_complete_path "$start"
    else
        printf '%s\\n' $answer[2..-1]
    end
end
complete --command numctl --no-files --arguments '(__numctl_completion)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


class Candidate(NamedTuple):
    """One word that may stand there, as it would be typed but for its quotes, and what it means."""

    word: str
    meaning: str = ""


class Offer(NamedTuple):
    """What may stand at the cursor; ``files`` where a file's name may."""

    candidates: list[Candidate]
    files: bool = False


class Asked(NamedTuple):
    """The complete words after the program's name, the word under the cursor so far, and, for bash,
    the part of that word that stays as typed, with the quote that is open at the cursor."""

    words: list[str]
    start: str
    stays: str = ""
    quote: str = ""


def answer(shell: str, asked: Asked, offer: Offer) -> str:
    """What the shell's script reads: a line `files` or `words`, then a line for each candidate."""
    lines = ["files" if offer.files else "words"]
    if shell == "bash":
        lines += [_insertion(asked, candidate.word) for candidate in offer.candidates]
    else:
        lines += [_described(candidate) for candidate in offer.candidates]
    return "\n".join(lines) + "\n"


def _described(candidate: Candidate) -> str:
    return f"{candidate.word}\t{' '.join(candidate.meaning.split())}" if candidate.meaning else candidate.word


def _from_words(args: list[str]) -> Asked:
    *words, start = args
    return Asked(words, start)


def _from_line(args: list[str]) -> Asked:
    """From bash: the line up to the cursor, and how much of its end would be replaced."""
    line, replaced = args
    *words, last = read_words(line)
    begin = len(line) - len(replaced)
    stays = read_words(line[last.begin : begin])[-1].text if begin > last.begin else ""
    return Asked([word.text for word in words[1:]], last.text, stays, last.quote)


ASKED: dict[str, Callable[[list[str]], Asked]] = {"bash": _from_line, "zsh": _from_words, "fish": _from_words}


# Words as bash reads and writes them.


class Word(NamedTuple):
    """A word without its quotes, where it begins in the line, and the quote that it ends within."""

    text: str
    begin: int
    quote: str


_PIECE = re.compile(
    r"""\\(?P<escaped>.?) | \$'(?P<ansi>(?:[^'\\]|\\.)*)(?P<ansi_end>'?)
      | '(?P<single>[^']*)(?P<single_end>'?) | "(?P<double>(?:[^"\\]|\\.)*\\?)(?P<double_end>"?)
      | (?P<space>[ \t\n]+) | (?P<plain>[^ \t\n\\'"$]+|\$)""",
    re.VERBOSE | re.DOTALL,
)


def read_words(line: str) -> list[Word]:
    """The words of a command line that ends at the cursor; the last one may be empty or unfinished."""
    words = [Word("", 0, "")]
    for piece in _PIECE.finditer(line):
        text, begin, quote = words[-1]
        match piece.lastgroup, piece:
            case "space", _:
                words.append(Word("", piece.end(), ""))
                continue
            case "escaped" | "plain", _:
                added = piece[piece.lastgroup or 0]
            case "ansi_end", _:
                added, quote = _unescaped(piece["ansi"]), "" if piece["ansi_end"] else "$'"
            case "single_end", _:
                added, quote = piece["single"], "" if piece["single_end"] else "'"
            case _:
                added = re.sub(r'\\([$`"\\\n])', r"\1", piece["double"])
                quote = "" if piece["double_end"] else '"'
        words[-1] = Word(text + added, begin, quote)
    return [word for word in words[:-1] if word.begin or word.text or word.quote] + words[-1:]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


def _insertion(asked: Asked, word: str) -> str:
    """What bash is to put in place of what it replaces, so that the line then reads as the word.

    bash closes an open quote itself, but not after text that ends in the same character.
    """
    rest = word[len(asked.stays) :]
    match asked.quote:
        case "":
            escaped = re.sub(r"""([ \t"'\\|&;<>()$`!*?\[\]{}])""", r"\\\1", rest)
            return f"\\{escaped}" if not asked.stays and escaped.startswith(("~", "#")) else escaped
        case "'":
            inside = rest.replace("'", "'\\''")
        case "$'":
            inside = re.sub(r"(['\\])", r"\\\1", rest)
        case _:  # in double quotes no backslash keeps `!` from the shell's history
            inside = re.sub(r'([$`"\\])', r"\\\1", rest).replace("!", "\"'!'\"")
    end = asked.quote[-1]
    return inside + end if inside.endswith(end) else inside


# Showing and installing the scripts.


def this_shell() -> str:
    """The shell that numctl was started from. Raises BadValue if it isn't one of the three."""
    import shellingham

    try:
        name = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        name = Path(os.environ.get("SHELL", "")).name
    return supported(name)


def supported(name: str) -> str:
    """The name of the shell. Raises BadValue if there is no completion for it."""
    if name not in SCRIPTS:
        raise BadValue(
            f"There is no completion for the shell {name!r}." if name else "The shell can't be told.",
            f"Name one: {', '.join(SCRIPTS)}.",
        )
    return name


def install(shell: str, home: Path) -> Path:
    """Write the shell's script to where it is found from now on; return that file.

    Lines that bash's and zsh's own files need are added to them, once.
    """
    if shell == "fish":
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        return _written(folder / "fish" / "completions" / "numctl.fish", FISH)
    if shell == "zsh":
        script = _written(home / ".zfunc" / "_numctl", ZSH)
        _add_line(home / ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
        return script
    script = _written(home / ".local" / "share" / "numctl" / "completion.bash", BASH)
    _add_line(home / ".bashrc", "source ~/.local/share/numctl/completion.bash")
    return script


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _add_line(path: Path, line: str) -> None:
    there = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    if line not in there.splitlines():
        end = "" if not there or there.endswith("\n") else "\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{end}{line}\n")


def show(shell: str | None) -> None:
    """Print the shell's script; of the shell numctl was started from where none is named."""
    sys.stdout.write(SCRIPTS[supported(shell) if shell else this_shell()])


def set_up(shell: str | None) -> None:
    """Install the shell's script and say where; of the shell numctl was started from where none is named."""
    name = supported(shell) if shell else this_shell()
    try:
        script = install(name, Path.home())
    except RuntimeError:
        raise BadValue(
            "There is no home folder to install completion in.", "See --show-completion."
        ) from None
    sys.stdout.write(
        f"Completion for {name} is installed in {script}; it works in the next shell you start.\n"
    )

# Completes `trainer` in bash: commands, the options of a command, else files.
_trainer() {
    local word=${COMP_WORDS[COMP_CWORD]} words=""
    if [[ $word == -* ]]; then
        words=$({ "${COMP_WORDS[0]}" help "${COMP_WORDS[1]}" || "${COMP_WORDS[0]}" help train; } \
            2>/dev/null | grep -o -e '--[a-z][a-z-]*')
    elif ((COMP_CWORD == 1)); then
        words=$("${COMP_WORDS[0]}" help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p')
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word" | sort -u)
}
complete -o default -F _trainer trainer

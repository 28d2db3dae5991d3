# Makes one edit of table.txt: awk -v name=FUNCTION -f edit.awk EDIT SOURCE, where EDIT holds its
# '-' and '+' lines. Exits with 1 where some '-' line is not found in the function.
FILENAME == ARGV[1] {
    text = substr($0, 3)
    if (/^-/) {
        old[++edits] = text
    } else if (edits == 0) {
        ending = ending text "\n"
    } else {
        new[edits] = new[edits] (edits in new ? "\n" : "") text
    }
    next
}
name == "-" || $0 ~ "^[a-z].*[ *]" name "\\(" { inside = 1 }
inside {
    for (i = 1; i <= edits; i++) {
        at = index($0, old[i])
        if (at) {
            $0 = substr($0, 1, at - 1) new[i] substr($0, at + length(old[i]))
            found[i] = 1
        }
    }
}
inside && name != "-" && /^}/ { printf "%s", ending; inside = 0; ended = 1 }
{ print }
END {
    for (i = 1; i <= edits; i++) missing += !found[i]
    exit missing > 0 || (edits == 0 && !ended)
}

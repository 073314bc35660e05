#compdef indexcalc
# indexcalc for zsh. In ~/.zshrc, after compinit: source <(indexcalc completion zsh)
_indexcalc() {
    local -a found
    local word about
    while IFS=$'\t' read -r word about; do
        found+=("${${word//\\/\\\\}//:/\\:}:$about")
    done < <(indexcalc completion words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if (( $#found )); then
        _describe -V indexcalc found
    else
        _files
    fi
}
compdef _indexcalc indexcalc

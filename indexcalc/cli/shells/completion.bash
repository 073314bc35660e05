# indexcalc for bash. In ~/.bashrc: source <(indexcalc completion bash)
_indexcalc() {
    local word about typed=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS=$'\t' read -r word about; do
        printf -v word %q "$word"  # a name with a space stays one word, and none is run
        COMPREPLY+=("$word")
    done < <(indexcalc completion words -- "${typed[@]//[\"\'\\]/}" 2>/dev/null)
}
complete -o default -F _indexcalc indexcalc

# indexcalc for fish. Once: indexcalc completion fish > ~/.config/fish/completions/indexcalc.fish
function __indexcalc_words
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l found (indexcalc completion words -- $typed[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c indexcalc -f -k -a '(__indexcalc_words)'

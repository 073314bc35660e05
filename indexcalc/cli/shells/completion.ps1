# indexcalc for PowerShell. In the file that $PROFILE names: indexcalc completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName indexcalc -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = [Console]::OutputEncoding
    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
    try {
        $typed = @($commandAst.CommandElements | Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text.Trim("'", '"') })
        # older PowerShell drops an empty argument: what is being typed goes by an option of its own
        $current = "--current=" + $wordToComplete.Trim("'", '"')
        indexcalc completion words $current -- @typed 2>$null | ForEach-Object {
            $word, $about = $_ -split "`t", 2
            $text = if ($word -match "[^\w./:=-]") { "'" + $word.Replace("'", "''") + "'" } else { $word }
            [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $(if ($about) { $about } else { $word }))
        }
    } finally {
        [Console]::OutputEncoding = $before
    }
}

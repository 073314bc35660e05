"""How it is shown: text, Markdown, workbooks."""

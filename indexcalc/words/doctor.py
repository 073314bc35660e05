"""What `indexcalc doctor` says of a machine, Chinese and English side by side."""

from __future__ import annotations

from .reports import Said


class doctor:  # noqa: N801 - read as `doctor.fonts(language)`
    """Every word of the examination."""

    line = Said("{name}：{text}", "{name}: {text}")
    program = Said("程序", "Program")
    locale = Said("语言与编码", "Locale")
    parts = Said("可选组件", "Optional parts")
    fonts = Said("中文字体", "Chinese fonts")
    office = Said("办公软件", "Office programs")
    to_do = Said("建议安装", "To install")
    encodings = Said("文件名 {files}，屏幕 {screen}，文本 {text}", "file names {files}, screen {screen}, text {text}")
    none = Said("未找到", "none found")
    absent = Said("未安装", "not installed")
    partly = Said("{there}；缺少 {lacking}", "{there}; lacking {lacking}")
    complete = Said("无需安装，全部功能可用。", "nothing: all that indexcalc can do works here")
    part = Said('pip install "indexcalc[{extra}]"（{use}）', 'pip install "indexcalc[{extra}]" ({use})')
    no_chinese = Said(
        "简体中文字体（PDF 报告）：Debian、Ubuntu、麒麟、统信用 apt install fonts-noto-cjk，Windows 添加可选功能“中文（简体）补充字体”",
        "a face of simplified Chinese, for PDF: apt install fonts-noto-cjk, or on Windows the optional feature Chinese (Simplified) Supplemental Fonts",
    )
    japanese_only = Said("只有日文字体：{files}", "Japanese faces alone: {files}")
    stands_in = Said("{family}（代{wanted}）", "{family} (for {wanted})")
    role_title = Said("标题", "title")
    role_heading = Said("黑体", "Heiti")
    role_subheading = Said("楷体", "Kaiti")
    role_body = Said("仿宋", "Fangsong")
    use_report = Said("报告的 PDF 与 Word 格式", "reports as PDF and Word")
    use_plot = Said("笔记本中作图", "charts in notebooks")
    use_events = Said("用 DuckDB 处理大量事件与单元", "many events and units, by DuckDB")
    use_spark = Said("用 Spark 计算", "scoring on Spark")
    use_postgres = Said("PostgreSQL 台账与数据", "ledgers and data in PostgreSQL")
    use_locked = Said("读取加密工作簿", "workbooks that are encrypted")
    use_serve = Said("网页服务", "pages served to a team")

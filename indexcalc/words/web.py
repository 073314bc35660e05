"""The words of served pages, beside those of tables and of reports' pages; Chinese and English side by side."""

from __future__ import annotations

from .reports import Said


class web:  # noqa: N801 - read as `web.log_in(language)`
    """Every word of served pages that no table and no report has."""

    navigation = Said("导航", "Navigation")
    overview = Said("总览", "Overview")
    log_in = Said("登录", "Log in")
    log_out = Said("退出登录", "Log out")
    name = Said("用户名", "Name")
    password = Said("密码", "Password")
    refused = Said("无法完成", "Refused")
    what_was_found = Said("错误与提醒", "Findings")
    more_findings = Said("另有 {count} 条未列出", "{count} more are not shown")
    hint = Said("建议：", "hint: ")
    severity_error = Said("错误", "error")
    severity_warning = Said("提醒", "warning")
    severity_note = Said("说明", "note")
    stale = Said(
        "项目文件现在有错误，下面显示的是修改前的结果。",
        "The project's files have errors now; what follows was made before they had.",
    )
    role_reader = Said("查看", "reader")
    role_department = Said("填报", "department")
    role_editor = Said("编辑", "editor")
    not_proven = Said("未登录", "not logged in")
    period = Said("期次", "Period")
    level_of_units = Said("层级", "Level")
    show = Said("显示", "Show")
    serving = Said("正在提供网页服务：{address}（按 Ctrl-C 停止）", "Serving at {address} (Ctrl-C stops it)")
    user_added = Said("已添加用户 {name}（{file}）", "{name} is added to {file}")
    user_changed = Said("已修改用户 {name}（{file}）", "{name} is changed in {file}")
    user_removed = Said("已删除用户 {name}（{file}）", "{name} is taken out of {file}")
    index_itself = Said("指数", "Index")

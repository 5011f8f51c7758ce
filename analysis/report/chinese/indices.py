"""What indices say of cities and years in which they explode, turn or have no value."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "{name}: national growth is below one per cent in {years}: relative resilience divides by "
        "it and explodes there; consider form='difference'.",
        "{name}：{years}的全国增速低于1%，相对形式以其为分母，数值会急剧放大；可改用form='difference'。",
    ),
    (
        "{name}: expected growth is below one per cent at {names}: resilience divides by it and "
        "explodes there, consider form='difference'.",
        "{name}：{names}的期望增速低于1%，相对形式以其为分母，数值会急剧放大；可改用form='difference'。",
    ),
    (
        "{name}: expected growth has another sign than national growth at {names}: there "
        "resistance and recovery change places.",
        "{name}：{names}的期望增速与全国增速符号相反，抵抗与恢复的含义在此互换。",
    ),
    (
        "{name}: sensitivity is negative at {names}: these cities moved against the growth "
        "expected of them, which the ratio does not rank.",
        "{name}：{names}的敏感度为负，即与期望增长方向相反，该比值无法对其排序。",
    ),
    (
        "{name}: the values that a phase needs are missing for {names}: resilience is missing "
        "there, and national growth is that of the others.",
        "{name}：{names}缺少该阶段所需数据，其韧性记为缺失，全国增长按其余城市计算。",
    ),
    (
        "{name}: {first} and {second} are both zero at {names}: co-agglomeration has no value "
        "there.",
        "{name}：{names}的{first}与{second}均为零，协同集聚没有数值。",
    ),
    (
        "{name}: every system is zero at {names}: coupling has no value there.",
        "{name}：{names}的各系统均为零，耦合度没有数值。",
    ),
    (
        "{name}: {column} is below one per cent of secondary and tertiary together at {names}: the "
        "ratio explodes there, consider form='tertiary_share'.",
        "{name}：{names}的{column}不足第二、三产业合计的1%，比值会急剧放大；"
        "可改用form='tertiary_share'。",
    ),
    (
        "{name}: the Theil index is below 0.001 at {names}: its inverse explodes there, consider "
        "form='theil'.",
        "{name}：{names}的泰尔指数低于0.001，其倒数会急剧放大；可改用form='theil'。",
    ),
    (
        "{name}: indicators load against the first component: {names}; the index falls where they "
        "improve, check their direction or leave them out.",
        "{name}：{names}在第一主成分上的载荷与所设方向相反，其改善反而使指数下降；"
        "请核对方向或剔除。",
    ),
)

"""What columns and words of a pest table are called, in Chinese and English, and the form to fill in."""

import re
import unicodedata

COLUMNS: dict[str, tuple[str, ...]] = {
    "source": ("诱捕器编号", "诱捕器", "诱捕器号", "监测点编号", "调查点", "trap", "source"),
    "longitude": ("经度", "东经", "longitude", "lon"),
    "latitude": ("纬度", "北纬", "latitude", "lat"),
    "frame": ("坐标系", "坐标系统", "frame", "datum"),
    "species": ("有害生物", "虫种", "种名", "害虫名称", "有害生物名称", "species"),
    "started_at": ("开始时间", "上次检查时间", "放置时间", "started_at"),
    "observed_at": ("检查时间", "结束时间", "调查时间", "采样时间", "收集时间", "observed_at"),
    "status": ("状态", "诱捕器状态", "status"),
    "catch": ("捕获数", "诱捕数", "诱捕数量", "数量", "虫数", "catch", "count"),
    "working_traps": ("有效诱捕器数", "工作诱捕器数", "working_traps"),
    "installed_traps": ("安装诱捕器数", "诱捕器数", "installed_traps"),
    "unit": ("单位", "unit"),
    "lure": ("诱芯", "引诱剂", "lure"),
    "lure_age_d": ("诱芯使用天数", "诱芯天数", "lure_age_d"),
    "scheduled_d": ("计划间隔天数", "scheduled_d"),
    "measure": ("调查指标", "指标", "measure"),
    "degree": ("危害程度", "受害程度", "被害程度", "damage_degree"),
    "value": ("数值", "调查值", "value"),
    "stage": ("虫态", "stage"),
    "method": ("方法", "调查方法", "检测方法", "method"),
    "unit_id": ("小班号", "小班", "村", "unit_id"),
    "sampled": ("调查株数", "样本数", "sampled"),
    "area_ha": ("面积公顷", "面积", "area_ha"),
    "grassland": ("草地类型", "草原类型", "grassland"),
    "result": ("检测结果", "结果", "result"),
    "sample_id": ("样品编号", "sample_id"),
    "revision": ("更正号", "revision"),
    "observation_id": ("记录编号", "observation_id"),
    "text": ("备注", "说明", "text"),
}

WORDS: dict[str, dict[str, str]] = {
    "status": {
        "正常": "ok",
        "未检查": "missing",
        "未查": "missing",
        "缺失": "missing",
        "丢失": "missing",
        "损坏": "damaged",
        "破损": "damaged",
        "已满": "full",
        "满": "full",
        "诱芯失效": "lure_expired",
        "诱芯过期": "lure_expired",
    },
    "frame": {
        "wgs-84": "wgs84",
        "cgcs-2000": "cgcs2000",
        "国家2000": "cgcs2000",
        "2000国家大地坐标系": "cgcs2000",
        "gcj-02": "gcj02",
        "火星坐标": "gcj02",
        "高德": "gcj02",
        "腾讯": "gcj02",
        "bd-09": "bd09",
        "百度": "bd09",
    },
    "stage": {
        "卵": "egg",
        "幼虫": "larva",
        "若虫": "nymph",
        "蛹": "pupa",
        "成虫": "adult",
        "未知": "unknown",
    },
    "grassland": {
        "天然": "natural",
        "天然草地": "natural",
        "天然草原": "natural",
        "人工": "sown",
        "人工草地": "sown",
    },
    "result": {
        "阳性": "positive",
        "检出": "positive",
        "阴性": "negative",
        "未检出": "negative",
        "不确定": "inconclusive",
        "可疑": "inconclusive",
        "疑似": "inconclusive",
    },
    "method": {"地面": "ground", "无人机": "uav", "卫星": "satellite", "实验室": "laboratory"},
    "measure": {
        "卵数每株": "eggs_per_tree",
        "幼虫数每株": "larvae_per_tree",
        "虫口密度": "larvae_per_tree",
        "幼虫数每标准枝": "larvae_per_branch",
        "蛹数每株": "pupae_per_tree",
        "若虫数每10平方厘米": "nymphs_per_10_cm2",
        "每10平方厘米若虫数": "nymphs_per_10_cm2",
        "虫情级": "infestation_index",
        "危害程度": "damage_degree",
        "受害程度": "damage_degree",
        "被害程度": "damage_degree",
        "发生程度": "damage_degree",
        "有虫株率": "infested_stems_percent",
        "枝梢被害率": "infested_shoots_percent",
        "被害株率": "attacked_trees_percent",
        "失叶率": "defoliation_percent",
        "感病率": "incidence_percent",
        "死亡株率": "dead_trees_percent",
        "枯死松树": "dead_pines",
        "枯死松树株数": "dead_pines",
        "变色松树": "discoloured_trees",
        "变色松树株数": "discoloured_trees",
        "变色立木": "discoloured_trees",
        "有效洞口数每公顷": "burrows_per_ha",
        "新土丘数每公顷": "mounds_per_ha",
        "秃斑率": "bare_percent",
        "每平方米虫数": "insects_per_m2",
        "盖度": "cover_percent",
    },
}
"""Words of the cells, in the writing of `plain`; any other word is passed on as it stands."""

DEGREES: dict[str, int] = {
    "无": 0,
    "未受害": 0,
    "none": 0,
    "轻": 1,
    "轻度": 1,
    "轻微": 1,
    "light": 1,
    "中": 2,
    "中度": 2,
    "moderate": 2,
    "重": 3,
    "重度": 3,
    "严重": 3,
    "severe": 3,
}
"""Degrees of damage, by their words; their numbers are taken too."""

TEMPLATE = (
    "诱捕器编号",
    "经度",
    "纬度",
    "坐标系",
    "有害生物",
    "开始时间",
    "检查时间",
    "状态",
    "捕获数",
    "有效诱捕器数",
    "安装诱捕器数",
    "单位",
    "诱芯",
    "诱芯使用天数",
    "计划间隔天数",
    "更正号",
    "备注",
)
"""Columns of the table for trap rounds, in the order of the form."""

EXAMPLE_MARK = "示例行"

EXAMPLE = (
    "XH-001",
    "107.7221",
    "31.3512",
    "CGCS2000",
    "松墨天牛",
    "2026-05-04 09:00",
    "2026-05-11 09:30",
    "正常",
    "6",
    "1",
    "1",
    "头",
    "APF-I",
    "20",
    "7",
    "0",
    f"{EXAMPLE_MARK}，请删除",
)
"""One row filled in, to be deleted; a row that still says so is not taken."""

_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")


def plain(text: str) -> str:
    """Return a name without case, width, spaces, marks of duty and what stands in brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*_:：]", "", _BRACKETS.sub("", folded))


FIELDS: dict[str, str] = {plain(name): field for field, names in COLUMNS.items() for name in names}
"""Field of every column name, in the writing of `plain`."""


def fields_of(header: list[str]) -> list[str | None]:
    """Return the field of each column, None for an unknown one; of two of one field the first counts."""
    found: list[str | None] = []
    for name in header:
        field = FIELDS.get(plain(name))
        found.append(None if field in found else field)
    return found


def is_header(cells: list[str]) -> bool:
    """Return whether these cells name the columns of a pest table: a species and three more."""
    known = [field for field in fields_of(cells) if field]
    return "species" in known and "observed_at" in known and len(known) >= 4


def template() -> bytes:
    """Return the table to fill in, as CSV that spreadsheets open: UTF-8 with its mark, one example row."""
    return ("\ufeff" + ",".join(TEMPLATE) + "\r\n" + ",".join(EXAMPLE) + "\r\n").encode("utf-8")

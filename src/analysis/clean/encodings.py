"""How the bytes of a text file are coded: proved where possible, judged where safe, otherwise asked for."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from analysis.clean.headers import known

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tried in this order when a file is not UTF-8; a header that we know settles it.
CANDIDATES = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "cp1250", "cp1251")

# The letters and signs beyond ASCII that western tables hold; other bytes of cp1252 hint at another encoding.
_WESTERN = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ€£–—‘’“”…•™®©°ºª¿¡«»´²³½¼¾·×§\u00a0")
_SIGNS = set("£€–—‘’“”…•™®©°ºª«»´²³½¼¾·×§\u00a0¿¡")
# The commonest characters of firms, places, products and people, as in company registers and address lists.
_COMMON = set(
    "的一是不了人我在有他这中大来上国公司限市北京海广州深圳天津重庆东南西江浙苏安徽山河湖四川福建云贵陕甘青宁夏新疆藏吉林辽黑龙内蒙古台港澳"
    "省区县镇路街号楼室商贸易工业科技有份实集团厂店铺超用品办家具电子脑器材料化学医药食饮服装鞋帽机械设备金属塑料木石油煤汽车配件包装印刷"
    "纸张书文教育培训信息网络软硬系统管理销售客户订单日期时间数量价格类别名称编码小中高低红白蓝绿色标准级普通会员消费者企业个黄李王张刘陈杨赵吴周徐孙马朱胡"
    "林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜夏程魏薛吕丁任沈华平明丽伟芳娜敏静强磊军洋勇艳杰娟涛超秀霞玉桂文志建国春梅红波辉"
    "现代信用付款已取消交成功退货发送快递达到否男女年月元件箱盒瓶套双条只组支个斤千克吨米"
)


NEARLY_ALL, MOST, SOME = 0.99, 0.95, 0.2
# NEARLY_ALL: a few lines of a good file may be broken. MOST: rare characters lie outside GB 2312. SOME: bytes of
# other tongues read as Chinese meet the common characters above once in twelve.
CLEAR = 0.9  # of the zeros stand on one side; accents stand alone among letters
FEWEST_ZEROS = 0.05  # of all bytes; fewer are slips in a file of single bytes
TELLING = 40  # first lines among which the header is looked for
LAST_ASCII = 127


def from_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of digits and delimiters is zero."""
    zeros = head.count(0)
    if not zeros or zeros < FEWEST_ZEROS * len(head):
        return None
    odd = head[1::2].count(0)
    if odd == zeros or odd == 0:
        return "utf-16-le" if odd else "utf-16-be"
    share = odd / zeros
    return "utf-16-le" if share > CLEAR else "utf-16-be" if share < 1 - CLEAR else None


def judge(lines: Iterable[bytes]) -> str | None:
    """The encoding of ``lines`` that are not all UTF-8; ``None`` where nobody can tell.

    A header that we know under exactly one encoding settles it. Otherwise Chinese is accepted when nearly all
    pairs of bytes lie where GB2312 keeps its characters and enough of them are common ones, and Western text
    when every sign is one that Western tables use, standing alone among ASCII letters.
    """
    telling = [line for line in lines if not line.isascii()]
    valid = [line for line in telling if _decodes(line, "utf-8")]
    if telling and len(valid) >= MOST * len(telling):
        return "utf-8"
    fitting = [name for name in CANDIDATES if _share_decoded(telling, name) >= NEARLY_ALL]
    first = telling[:TELLING]
    named = [name for name in fitting if any(_knows(line.decode(name, "replace")) for line in first)]
    if len(named) == 1:
        return named[0]
    if "gb18030" in fitting and _is_chinese(telling):
        return "gb18030"
    if "cp1252" in fitting and _is_western(telling):
        return "cp1252"
    return None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _share_decoded(lines: list[bytes], encoding: str) -> float:
    return sum(_decodes(line, encoding) for line in lines) / len(lines) if lines else 0


def _knows(line: str) -> bool:
    return any(known(cell.strip(' "')) for cell in re.split(r"[,;\t|]", line) if not cell.isascii())


def _is_chinese(lines: list[bytes]) -> bool:
    pairs = [pair for line in lines for pair in re.findall(rb"[\x81-\xfe][\x30-\xfe]", line)]
    usual = [pair for pair in pairs if pair[1] >= 0xA1 and (0xB0 <= pair[0] <= 0xF7 or 0xA1 <= pair[0] <= 0xA3)]  # GB 2312
    letters = [sign for line in lines for sign in line.decode("gb18030", "replace") if "\u4e00" <= sign <= "\u9fff"]
    if not letters or len(usual) < MOST * len(pairs):
        return False
    return sum(sign in _COMMON for sign in letters) >= SOME * len(letters)


def _is_western(lines: list[bytes]) -> bool:
    texts = [line.decode("cp1252", "replace") for line in lines]
    beyond = [sign for text in texts for sign in text if ord(sign) > LAST_ASCII]
    runs = [run for text in texts for run in re.findall(r"[^\x00-\x7f]+", text) if not set(run) <= _SIGNS]
    return set(beyond) <= _WESTERN and sum(len(run) == 1 for run in runs) >= CLEAR * len(runs)
